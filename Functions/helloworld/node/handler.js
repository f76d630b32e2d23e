"use strict";

// The study's HelloWorld: a message that says the function ran. `handle` is how every Node.js function here is called; each platform's
// folder wraps it in what that platform calls.
exports.handle = async (event) => ({
  statusCode: 200,
  headers: { "Content-Type": "text/plain" },
  body: "Hello, World!\n",
});
