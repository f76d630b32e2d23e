"""Files as JMeter writes them."""

HEADER = (
    "timeStamp,elapsed,label,responseCode,responseMessage,threadName,dataType,success,failureMessage,bytes,sentBytes,grpThreads,allThreads,URL,"
    "Latency,IdleTime,Connect")


def row(start, elapsed, code="200", success="true", failure="", thread="Users 1-1"):
    return f"{start},{elapsed},request,{code},OK,{thread},text,{success},{failure},497,4796,1,1,http://127.0.0.1:1/,{elapsed},0,0"


def jtl(path, rows, header=HEADER):
    with open(path, "w") as file:
        file.write("\n".join([header, *rows]) + "\n")
