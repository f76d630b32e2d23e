"use strict";

const { handle } = require("./handler");

// The function as Fission's Node.js environment calls it; the body is parsed where its type is JSON.
module.exports = async ({ request }) => {
  const { statusCode, headers, body } = await handle(request);
  return { status: statusCode, headers, body };
};
