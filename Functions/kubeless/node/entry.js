"use strict";

const { handle } = require("./handler");

// The function as Kubeless calls it. Its runtime has parsed the body by then, and gives an answer no status but 200.
exports.call = async (event) => {
  const request = event.extensions?.request;
  const answer = await handle({ method: request?.method, headers: request?.headers ?? {}, body: request?.body });
  return answer.body;
};
