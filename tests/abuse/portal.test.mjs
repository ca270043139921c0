import { portal } from "./lib/adapters.mjs";
import { attack } from "./lib/run.mjs";

attack(portal);
