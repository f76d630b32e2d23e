"use strict";

const { handle } = require("./handler");

// The function as AWS Lambda calls it: by the event of a function URL, or by an event that is the request itself.
exports.call = async (event) => {
  const direct = !event.requestContext;
  const answer = await handle({
    method: direct ? "POST" : event.requestContext.http.method,
    headers: direct ? { "content-type": "application/json" } : event.headers,
    body: direct ? Buffer.from(JSON.stringify(event)) : Buffer.from(event.body ?? "", event.isBase64Encoded ? "base64" : "utf8"),
  });
  return direct ? answer.body : answer;
};
