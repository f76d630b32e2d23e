// HelloWorld as OpenFaaS' watchdogs fork it for each request: the request comes on standard input, the answer goes to standard output.
// All of the input is read, because a watchdog that still writes when its program has ended takes that for a failure.
while readLine() != nil {}
print("Hello, World!")
