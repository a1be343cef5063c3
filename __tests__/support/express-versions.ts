import express from 'express';

export type Express = typeof express;

/** The copies of Express that tests run under, by major version. */
export const expressVersions: readonly (readonly [4 | 5, Express])[] = [
  [5, express],
  [4, require('express4') as Express],
];
