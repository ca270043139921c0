// pdf.js, the half in the page. `npm run build` bundles it, so that hosts load one file, and only once a PDF is opened.

import "./older-browsers.js";

export {
  AnnotationMode,
  getDocument,
  PDFDataRangeTransport,
  PDFWorker,
} from "pdfjs-dist/legacy/build/pdf.mjs";
