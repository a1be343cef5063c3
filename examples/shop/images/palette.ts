/** The colours of one drawing, from the wall behind the thing to its darkest edge. */
export interface Palette {
  readonly name: string;
  readonly wall: string;
  readonly floor: string;
  readonly light: string;
  readonly main: string;
  readonly dark: string;
  readonly accent: string;
}

export const palettes: readonly [Palette, ...Palette[]] = [
  palette('Clay', '#f6e9e0', '#ecd6c7', '#e3a583', '#c9734b', '#8f4a2c', '#2f4858'),
  palette('Moss', '#eaf0e4', '#d6e2cb', '#9dbb85', '#6a8f58', '#3e5b36', '#c98b3a'),
  palette('Fjord', '#e4eef3', '#cfe0e9', '#84b2c9', '#40789a', '#234a66', '#e0a458'),
  palette('Saffron', '#fbf1dc', '#f3e0b8', '#f3cd77', '#dfa32c', '#a16f12', '#5b4a7a'),
  palette('Plum', '#f1e7ee', '#e2d0de', '#b98bad', '#85517a', '#54304d', '#d8a24a'),
  palette('Chalk', '#eeece8', '#dedad3', '#fbf9f5', '#e3ddd2', '#a79e90', '#b5543c'),
  palette('Ink', '#e6e9ee', '#d0d6df', '#6f7f97', '#3a4a63', '#1e2a3d', '#d99058'),
  palette('Rose', '#fbebe8', '#f3d7d1', '#eeb0a4', '#d67f72', '#9c4f46', '#3f6460'),
];

function palette(
  name: string,
  wall: string,
  floor: string,
  light: string,
  main: string,
  dark: string,
  accent: string,
): Palette {
  return { name, wall, floor, light, main, dark, accent };
}
