// What pdf.js takes for granted and the oldest supported browsers (Chromium 96, Safari 15, Firefox 90) lack. Its legacy
// build brings the rest.

import "core-js/stable/array/at.js";
import "core-js/stable/array/find-last.js";
import "core-js/stable/array/find-last-index.js";
import "core-js/stable/object/has-own.js";
import "core-js/stable/string/at.js";
import "core-js/stable/structured-clone.js";
import "core-js/stable/typed-array/at.js";
import "core-js/stable/typed-array/find-last.js";
