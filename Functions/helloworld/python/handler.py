"""The study's HelloWorld: a message that says the function ran.

    handle(event, context) -> {"statusCode": ..., "headers": ..., "body": ...}

is how every Python function here is called; each platform's folder wraps it in what that platform calls.
"""


def handle(event, context):
    return {"statusCode": 200, "headers": {"Content-Type": "text/plain"}, "body": "Hello, World!\n"}
