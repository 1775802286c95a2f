// Fails with: a request to fonts.example: http://fonts.example/font.css
import { bad } from "./lib.mjs";

export default (j) => bad(j, `<link rel="stylesheet" href="http://fonts.example/font.css">`);
