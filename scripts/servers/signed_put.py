"""Sends one signed PUT to an S3 server and prints the status: signed_put.py ENDPOINT PATH BODY.

It takes the credentials from the usual AWS variables and needs nothing but the standard library:
the start scripts use it to find out whether a server takes uploads yet.
"""

import datetime
import hashlib
import hmac
import os
import sys
import urllib.error
import urllib.parse
import urllib.request

endpoint, path, body = sys.argv[1], sys.argv[2], sys.argv[3].encode()
region = "us-east-1"
now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
host = urllib.parse.urlsplit(endpoint).netloc
payload = hashlib.sha256(body).hexdigest()
names = "host;x-amz-content-sha256;x-amz-date"
request = (
    f"PUT\n{path}\n\nhost:{host}\nx-amz-content-sha256:{payload}\nx-amz-date:{now}\n\n{names}\n{payload}"
)
scope = f"{now[:8]}/{region}/s3/aws4_request"
text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(request.encode()).hexdigest()}"
key = ("AWS4" + os.environ["AWS_SECRET_ACCESS_KEY"]).encode()
for part in (now[:8], region, "s3", "aws4_request"):
    key = hmac.digest(key, part.encode(), "sha256")
signature = hmac.new(key, text.encode(), "sha256").hexdigest()
credential = f"{os.environ['AWS_ACCESS_KEY_ID']}/{scope}"
headers = {
    "x-amz-date": now,
    "x-amz-content-sha256": payload,
    "Authorization": f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={names}, Signature={signature}",
}
call = urllib.request.Request(endpoint + path, data=body, headers=headers, method="PUT")
try:
    with urllib.request.urlopen(call, timeout=10) as reply:
        print(reply.status)
except urllib.error.HTTPError as error:
    print(error.code)
except OSError:
    print("unreachable")
