"use strict";

// Calls a function once as a platform's Node.js runtime does, and prints what came of it as JSON:
//
//     node node_platforms.js kubeless|kubeless-without-body|fission|lambda FOLDER ENTRY EVENT
//
// ENTRY is as in the platform's manifest: "module.function", or "module" for Fission.
const path = require("node:path");

const [platform, folder, entry, event] = process.argv.slice(2);
const [file, name] = entry.split(".");
const loaded = require(path.join(folder, file));
const request = { method: "POST", headers: { "content-type": "text/plain" }, body: Buffer.from("x") };
const calls = {
  kubeless: () => loaded[name]({ data: request.body, extensions: { request } }, { "function-name": name }),
  "kubeless-without-body": () => loaded[name](undefined, { "function-name": name }),
  fission: () => loaded({ request }),
  lambda: () => loaded[name](JSON.parse(event), {}),
};
calls[platform]().then((result) => process.stdout.write(JSON.stringify(result)));
