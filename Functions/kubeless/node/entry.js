"use strict";

const { handle } = require("./handler");

// The function as Kubeless calls it. Its runtime has parsed the body by then, has no event where there is none, and gives an answer no
// status but 200. Written for Node.js 12.
exports.call = async (event = {}) => {
  const { request = { headers: {} } } = event.extensions || {};
  const answer = await handle({ method: request.method, headers: request.headers, body: request.body });
  return answer.body;
};
