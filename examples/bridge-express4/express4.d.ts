/** `express4` is Express 4 by another name, so that both versions can be installed here. */
declare module 'express4' {
  import express = require('express');
  export = express;
}
