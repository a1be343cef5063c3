import { guessPriority, isDocument, type GuessClues } from '../../lib/multiplexing/priority-guess';

const guess = (clues: Partial<GuessClues>) => {
  const { urgency, incremental } = guessPriority({
    destination: undefined,
    contentType: undefined,
    contentDisposition: undefined,
    ...clues,
  });
  return `u=${urgency}${incremental ? ', i' : ''}`;
};

test.each([
  ['document', 'u=0, i'],
  ['style', 'u=1'],
  ['font', 'u=1'],
  ['script', 'u=1'],
  ['image', 'u=4, i'],
  ['video', 'u=6, i'],
])('guesses a destination of %s to be %s', (destination, want) => {
  expect(guess({ destination })).toBe(want);
});

test.each([
  ['text/html; charset=utf-8', 'u=0, i'],
  ['Text/CSS', 'u=1'],
  ['font/woff2', 'u=1'],
  ['application/javascript', 'u=1'],
  ['text/event-stream', 'u=2, i'],
  ['application/json', 'u=3, i'],
  ['image/avif', 'u=4, i'],
  ['video/mp4', 'u=6, i'],
  ['application/octet-stream', 'u=6, i'],
  ['application/x-unknown', 'u=3, i'],
  ['nonsense', 'u=3, i'],
  [undefined, 'u=3, i'],
])('guesses a content type of %s to be %s', (contentType, want) => {
  expect(guess({ contentType })).toBe(want);
});

test('believes the destination before the type', () => {
  expect(guess({ destination: 'image', contentType: 'text/html' })).toBe('u=4, i');
});

test('goes by the type where the destination is empty, as for fetch()', () => {
  expect(guess({ destination: 'empty', contentType: 'application/json' })).toBe('u=3, i');
});

test('puts attachments behind what a page needs', () => {
  expect(guess({ contentType: 'text/csv', contentDisposition: 'attachment; filename=a' })).toBe(
    'u=6, i',
  );
});

test.each([
  ['document', undefined, true],
  ['empty', 'text/html', true],
  [undefined, 'text/html', true],
  ['iframe', 'text/html', false],
  ['empty', 'application/json', false],
] as const)(
  'knows whether a %s of type %s is a page of its own',
  (destination, contentType, want) => {
    const clues = { destination, contentType, contentDisposition: undefined };
    expect(isDocument(clues)).toBe(want);
  },
);
