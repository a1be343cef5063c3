'use strict';

// The styles Chart.js would write into the page are in account.css: the content policy allows no inline style.
Chart.platform.disableCSSInjection = true;

const colours = [
  '#c9734b',
  '#40789a',
  '#6a8f58',
  '#dfa32c',
  '#85517a',
  '#24384a',
  '#d67f72',
  '#a79e90',
];

function draw(canvas) {
  const { chart: type, labels, values } = canvas.dataset;
  const isBar = type === 'bar';
  return new Chart(canvas, {
    type,
    data: {
      labels: JSON.parse(labels),
      datasets: [{ data: JSON.parse(values), backgroundColor: isBar ? '#40789a' : colours }],
    },
    options: {
      maintainAspectRatio: false,
      legend: { display: !isBar, position: 'right', labels: { boxWidth: 12 } },
      scales: isBar
        ? {
            xAxes: [{ gridLines: { display: false } }],
            yAxes: [{ ticks: { beginAtZero: true, callback: (euros) => `€${euros}` } }],
          }
        : {},
    },
  });
}

document.querySelectorAll('[data-chart]').forEach(draw);
