'use strict';

$('[data-checkout]').on('submit', (event) => {
  $(event.currentTarget).find('button').prop('disabled', true);
  $('[data-checkout-hint]').text('One moment …').prop('hidden', false);
});
