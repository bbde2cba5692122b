// Gives the names that a WebAssembly module and its script call each other by one or two letters, in the script as
// wasm-opt has done it in the module. wasm-bindgen's own are long, carry a checksum, and hardly compress.
//
//   node tools/short-names.mjs names.json script.js > short.js
//
// names.json is what `wasm-opt --minify-imports-and-exports-and-modules` prints.
import { readFileSync } from "node:fs";

const [names, path] = process.argv.slice(2);
const { imports, exports } = JSON.parse(readFileSync(names, "utf8"));
let script = readFileSync(path, "utf8");

const shortened = new Map(imports.map(([, name, short]) => [name, short]));
const used = new Set();
script = script.replace(/\b__wb\w+\b/g, (name) => {
  used.add(name);
  return shortened.get(name) ?? name;
});
const unknown = [...shortened.keys()].filter((name) => !used.has(name));
if (unknown.length > 0) throw new Error(`${path} does not know ${unknown.join(", ")}`);
// wasm-opt calls the one module that everything comes from "a".
script = script.replaceAll(JSON.stringify(imports[0][0]), '"a"');

const shorts = new Map(exports);
script = script.replace(/\bwasm\.(\w+)/g, (_, name) => {
  if (!shorts.has(name)) throw new Error(`the module does not know ${name}`);
  return `wasm.${shorts.get(name)}`;
});
process.stdout.write(script);
