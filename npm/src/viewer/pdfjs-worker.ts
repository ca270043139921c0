// pdf.js, the half in the worker. `npm run build` bundles it as a classic script: Firefox before 114 has no module workers.

import "./older-browsers.js";
import "pdfjs-dist/legacy/build/pdf.worker.mjs";
