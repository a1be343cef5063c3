'use strict';

$('[data-gallery]').each((_index, gallery) => {
  const main = $(gallery).find('.gallery-main');
  const buttons = $(gallery).find('button');
  buttons.on('click', (event) => {
    buttons.removeAttr('aria-current');
    const button = $(event.currentTarget).attr('aria-current', 'true');
    main.attr('src', button.find('img').attr('src'));
  });
});
