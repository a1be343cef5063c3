'use strict';

// What every page does: the number in the cart, and the menu closing when a page is left.
$(() => {
  const cookie = document.cookie.split('; ').find((one) => one.startsWith('cart='));
  const lines = cookie === undefined ? [] : cookie.slice('cart='.length).split('.');
  const count = lines.reduce((sum, line) => sum + Number(line.split('x')[1] ?? 0), 0);
  $('[data-cart-count]')
    .text(count)
    .prop('hidden', count === 0);
  $(window).on('pagehide', () => $('#menu').removeClass('show'));
});
