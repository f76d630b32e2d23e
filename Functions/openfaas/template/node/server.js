"use strict";

// Serves a function over HTTP: what OpenFaaS, Knative, KServe and Fission's container executor run. No watchdog is needed in front.
const http = require("node:http");
const { handle } = require("./function/handler");

const probes = new Set(["/_/health", "/_/ready", "/healthz", "/readyz"]);
const largestBody = 16 << 20; // bytes; more is answered with 413

const server = http.createServer(async (request, response) => {
  try {
    const body = await read(request);
    const answer =
      body === null
        ? { statusCode: 413, headers: { Connection: "close" }, body: `the request has more than ${largestBody} bytes\n` }
        : probes.has(request.url)
          ? { statusCode: 200, headers: {}, body: "OK\n" }
          : await handle({ method: request.method, headers: request.headers, body });
    const length = Buffer.byteLength(answer.body);
    response.writeHead(answer.statusCode, { ...answer.headers, "Content-Length": length }).end(answer.body);
  } catch (error) {
    console.error(error);
    response.writeHead(500).end("the function failed\n");
  }
});

/** The body of a request, or null where it is too large. */
async function read(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

// As the first process of a container this one has no default action for SIGTERM. What is under way is answered first.
process.on("SIGTERM", () => server.close());
server.listen(process.env.PORT ?? 8080);
