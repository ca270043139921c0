import { express } from "./lib/adapters.mjs";
import { attack } from "./lib/run.mjs";

attack(express);
