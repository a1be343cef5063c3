'use strict';

$(() => {
  const form = $('[data-submit-on-change]');
  form.find('[data-without-script]').hide();
  form.on('change', 'select', () => form.trigger('submit'));
});
