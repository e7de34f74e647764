#!/usr/bin/python3
"""A strict S3 server for the tests, written from the Amazon S3 API Reference.

It recomputes every signature and the hash of every body, and supports multipart uploads with all
their lists, conditional writes, checksums and server-side encryption headers. A file of faults
makes it do what a healthy server never does. It uses only Python's standard library.

    strict_server.py --folder DIR [--key ID:SECRET[:TOKEN]]... [--faults FILE] [--port N]

It listens on 127.0.0.1, writes its port to DIR/port, and one JSON line per request to DIR/log. It
keeps everything in memory except the bodies, which are in DIR/data. SIGTERM ends it.
"""
import argparse
import base64
import calendar
import email.utils
import fnmatch
import hashlib
import hmac
import http.server
import itertools
import json
import os
import re
import signal
import socket
import ssl
import struct
import sys
import threading
import time
import urllib.parse
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/"
CHUNK = 1024 * 1024
MIN_PART = 5 * 1024 * 1024
SKEW_SECONDS = 15 * 60
NOT_IMPLEMENTED = "A header you provided implies functionality that is not implemented."
PRECONDITION = "At least one of the pre-conditions you specified did not hold"


class Refusal(Exception):
    """An answer with an <Error> body."""

    def __init__(self, status, code, message, headers=None, extra=""):
        super().__init__(code)
        self.status = status
        self.code = code
        self.message = message
        self.headers = headers or {}
        self.extra = extra


class Gone(Exception):
    """The connection must be closed without an answer."""


class Body:
    """A received body: its hashes, and its path."""

    def __init__(self, path, size, sha256, md5):
        self.path = path
        self.size = size
        self.sha256 = sha256  # bytes
        self.md5 = md5  # bytes


class S3Object:
    def __init__(self, bodies, etag, headers, version):
        self.bodies = bodies
        self.etag = etag  # without quotes
        self.headers = headers
        self.version = version
        self.modified = time.time()

    @property
    def size(self):
        return sum(body.size for body in self.bodies)


class Upload:
    def __init__(self, bucket, key, headers, checksum):
        self.bucket = bucket
        self.key = key
        self.headers = headers
        self.checksum = checksum
        self.initiated = time.time()
        self.parts = {}  # number -> (Body, etag, checksum)


class State:
    def __init__(self, options):
        self.options = options
        self.lock = threading.RLock()
        self.buckets = {name: {"settings": {}, "region": options.region} for name in options.bucket}
        self.objects = {}  # (bucket, key) -> S3Object
        self.uploads = {}  # id -> Upload
        self.numbers = itertools.count(1)
        self.requests = itertools.count(1)
        self.keys = {}
        for text in options.key:
            key_id, secret, token = (text.split(":", 2) + ["", ""])[:3]
            self.keys[key_id] = (secret, token)
        self.rules = []
        if options.faults:
            with open(options.faults, encoding="utf-8") as file:
                self.rules = json.load(file).get("rules", [])
        for rule in self.rules:
            rule["seen"] = 0
        self.log = open(os.path.join(options.folder, "log"), "a", encoding="utf-8")

    def now(self):
        return time.time() + self.options.clock_offset

    def tell(self, entry):
        with self.lock:
            self.log.write(json.dumps(entry) + "\n")
            self.log.flush()

    def fault(self, operation, part, number):
        """The first rule that applies to this request, or None."""
        with self.lock:
            for rule in self.rules:
                if not fnmatch.fnmatch(operation, rule.get("operation", "*")):
                    continue
                if rule.get("part", part) != part or rule.get("request", number) != number:
                    continue
                rule["seen"] += 1
                seen = rule["seen"] - rule.get("skip", 0)
                if 1 <= seen <= rule.get("times", 1):
                    return rule["fault"]
        return {}


def quote(text, safe="-_.~"):
    return urllib.parse.quote(text, safe=safe)


def iso_time(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def tag(element):
    return element.tag.split("}")[-1]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "StrictS3"
    sys_version = ""
    disable_nagle_algorithm = True
    rbufsize = CHUNK
    wants_continue = False

    # --- the request ---------------------------------------------------------------------------

    def handle_expect_100(self):
        # The head of a request is judged first; the body is requested only if it is needed.
        self.wants_continue = True
        return True

    def log_message(self, format, *args):
        pass

    def date_time_string(self, timestamp=None):
        return email.utils.formatdate(self.state.now(), usegmt=True)

    @property
    def state(self):
        return self.server.state

    @property
    def options(self):
        return self.server.state.options

    def answer_any(self):
        self.body_left = int(self.headers.get("content-length") or 0)
        self.received = self.sent_status = self.part = 0
        self.code = self.access_key = ""
        self.operation = "?"
        self.fault = {}
        self.hold_answer = self.reported = False
        self.number = next(self.state.requests)
        try:
            self.split_target()
            self.operation = self.find_operation()
            self.fault = self.state.fault(self.operation, self.part, self.number)
            self.run_faulty()
        except Refusal as refusal:
            self.send_refusal(refusal)
        except (Gone, ConnectionError, TimeoutError):
            self.close_connection = True
            self.code = self.code or "(closed)"
        finally:
            self.tell()
            self.wants_continue = False

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = answer_any

    def tell(self):
        """Once per request, before its answer is visible, so that a reader of the log finds it
        then."""
        if self.reported:
            return
        self.reported = True
        self.state.tell({
            "n": self.number, "time": round(time.time(), 3), "operation": self.operation,
            "bucket": self.bucket, "key": self.key, "part": self.part,
            "upload": self.query_get("uploadId") or "", "status": self.sent_status,
            "code": self.code, "bytes": self.received, "access_key": self.access_key,
            "headers": {name.lower(): value for name, value in self.headers.items()
                        if name.lower() not in ("authorization", "x-amz-security-token")},
        })

    def split_target(self):
        self.raw_path, _, self.raw_query = self.path.partition("?")
        self.pairs = []
        for piece in self.raw_query.split("&") if self.raw_query else []:
            name, _, value = piece.partition("=")
            self.pairs.append((urllib.parse.unquote(name), urllib.parse.unquote(value)))
        path = urllib.parse.unquote(self.raw_path)
        host = self.headers.get("host", "").rsplit(":", 1)[0]
        prefix = self.options.path
        if prefix and path.startswith(prefix + "/"):
            path = path[len(prefix):]
        if host.endswith(".localhost"):
            self.bucket, self.key = host[:-len(".localhost")], path[1:]
        else:
            self.bucket, _, self.key = path[1:].partition("/")

    def query_get(self, name):
        return next((value for key, value in self.pairs if key == name), None)

    def find_operation(self):
        has = {name for name, _ in self.pairs}
        method = self.command
        if self.key:
            if "partNumber" in has and method == "PUT":
                self.part = int(self.query_get("partNumber") or 0)
                return "UploadPart"
            if "uploadId" in has:
                return {"GET": "ListParts", "POST": "CompleteMultipartUpload",
                        "DELETE": "AbortMultipartUpload"}.get(method, "?")
            if "uploads" in has and method == "POST":
                return "CreateMultipartUpload"
            return {"GET": "GetObject", "HEAD": "HeadObject", "PUT": "PutObject",
                    "DELETE": "DeleteObject"}.get(method, "?")
        if self.bucket:
            for name, action in (("publicAccessBlock", "PublicAccessBlock"),
                                 ("encryption", "BucketEncryption")):
                if name in has:
                    return {"GET": "Get", "PUT": "Put"}.get(method, "?") + action
            if "uploads" in has:
                return "ListMultipartUploads"
            if "location" in has:
                return "GetBucketLocation"
            return {"GET": "ListObjectsV2", "HEAD": "HeadBucket", "PUT": "CreateBucket"}.get(method, "?")
        return "ListBuckets" if method == "GET" else "?"

    # --- faults --------------------------------------------------------------------------------

    def run_faulty(self):
        fault = self.fault
        kind = fault.get("kind")
        if kind == "status":
            if not fault.get("early"):
                self.receive(discard=True)
            raise Refusal(fault["status"], fault["code"], fault.get("message", ""),
                          fault.get("headers"), fault.get("extra", ""))
        if kind == "redirect":
            location = fault["location"].replace("{port}", str(self.server.server_port))
            raise Refusal(307, "TemporaryRedirect", "Please re-send this request to the specified "
                          "temporary endpoint.", {"Location": location + self.path})
        if kind == "reset":
            self.drop_after(fault.get("after_bytes", 0))
        if kind == "stall":
            self.read_some(fault.get("after_bytes", 0))
            time.sleep(fault["seconds"])
            raise Gone
        if kind == "error_in_200" and not fault.get("perform"):
            self.receive(discard=True)
            self.send(200, b"", {"Content-Type": "application/xml"})
            return
        if kind in ("garbage", "cut_xml") and fault.get("instead"):
            self.receive(discard=True)
            self.send_xml("html", "")
            return
        if kind == "hold":
            self.hold_answer = fault.get("when") == "after"
            if not self.hold_answer:
                self.hold()
        self.perform()

    def hold(self):
        """Waits until the test continues it."""
        with open(os.path.join(self.options.folder, "held"), "w", encoding="utf-8"):
            pass
        for _ in range(6000):
            if os.path.exists(os.path.join(self.options.folder, "release")):
                return
            time.sleep(0.01)

    def read_some(self, count):
        self.say_continue()
        while count > 0 and self.body_left > 0:
            data = self.rfile.read(min(count, self.body_left, CHUNK))
            if not data:
                break
            self.body_left -= len(data)
            self.received += len(data)
            count -= len(data)

    def drop_after(self, count):
        if self.body_left:
            self.read_some(count)
        # Linger for no time at all: the peer gets a reset.
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.code = "(reset)"
        self.tell()
        raise Gone

    # --- the body ------------------------------------------------------------------------------

    def say_continue(self):
        if self.wants_continue:
            self.wants_continue = False
            self.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def receive(self, discard=False, keep=False):
        """Reads the body. discard: to nowhere; keep: in memory; else into a file."""
        self.say_continue()
        sha256, md5 = hashlib.sha256(), hashlib.md5()
        path, size, memory = None, 0, []
        if not discard and not keep:
            path = os.path.join(self.options.folder, "data", str(next(self.state.numbers)))
        file = open(path, "wb") if path else None
        try:
            while self.body_left > 0:
                data = self.rfile.read(min(self.body_left, CHUNK))
                if not data:
                    raise Gone
                self.body_left -= len(data)
                self.received += len(data)
                size += len(data)
                if not discard:
                    sha256.update(data)
                    md5.update(data)
                if keep:
                    memory.append(data)
                if file and data.count(0) == len(data):
                    file.seek(len(data), os.SEEK_CUR)  # zeros take no room
                elif file:
                    file.write(data)
            if file:
                file.truncate(size)
        finally:
            if file:
                file.close()
        body = Body(path, size, sha256.digest(), md5.digest())
        if not discard:
            self.check_body(body)
        return b"".join(memory) if keep else body

    def check_body(self, body):
        reported = self.headers.get("x-amz-content-sha256", "")
        if reported not in ("UNSIGNED-PAYLOAD", body.sha256.hex()):
            raise Refusal(400, "XAmzContentSHA256Mismatch",
                          "The provided 'x-amz-content-sha256' header does not match what was computed.")
        md5 = self.headers.get("content-md5")
        if md5 and md5 != base64.b64encode(body.md5).decode():
            raise Refusal(400, "BadDigest", "The Content-MD5 you specified did not match what we received.")
        checksum = self.headers.get("x-amz-checksum-sha256")
        if checksum and checksum != base64.b64encode(body.sha256).decode():
            raise Refusal(400, "BadDigest", "The SHA256 you specified did not match the calculated checksum.")

    # --- authorization -------------------------------------------------------------------------

    def authorize(self):
        text = self.headers.get("authorization")
        if not text:
            raise Refusal(403, "AccessDenied", "Access Denied")
        found = re.fullmatch(r"AWS4-HMAC-SHA256 +Credential=([^,]+), *SignedHeaders=([^,]+), *"
                             r"Signature=([0-9a-f]{64})", text)
        scope = found.group(1).split("/") if found else []
        if len(scope) != 5 or scope[3:] != ["s3", "aws4_request"]:
            raise Refusal(400, "AuthorizationHeaderMalformed", "The authorization header is malformed.")
        self.access_key, date, region = scope[:3]
        if self.access_key not in self.state.keys:
            raise Refusal(403, "InvalidAccessKeyId",
                          "The AWS Access Key Id you provided does not exist in our records.")
        secret, token = self.state.keys[self.access_key]
        if self.headers.get("x-amz-security-token", "") != token:
            raise Refusal(400, "InvalidToken", "The provided token is malformed or otherwise invalid.")
        if region != self.options.region:
            wanted = self.options.region
            raise Refusal(400, "AuthorizationHeaderMalformed",
                          f"The authorization header is malformed; the region '{region}' is wrong; "
                          f"expecting '{wanted}'", {"x-amz-bucket-region": wanted},
                          f"<Region>{wanted}</Region>")
        amz_date = self.headers.get("x-amz-date", "")
        self.check_time(amz_date, date)
        signed = found.group(2).split(";")
        self.check_signed(signed)
        if not hmac.compare_digest(self.signature(signed, amz_date, date, region, secret),
                                   found.group(3)):
            raise Refusal(403, "SignatureDoesNotMatch",
                          "The request signature we calculated does not match the signature you provided. "
                          "Check your key and signing method.")

    def check_time(self, amz_date, date):
        try:
            seconds = calendar.timegm(time.strptime(amz_date, "%Y%m%dT%H%M%SZ"))
        except ValueError:
            raise Refusal(403, "AccessDenied", "AWS authentication requires a valid Date or "
                          "x-amz-date header") from None
        if not amz_date.startswith(date):
            raise Refusal(403, "SignatureDoesNotMatch", "The date of the scope is not the request's.")
        if abs(seconds - self.state.now()) > SKEW_SECONDS:
            raise Refusal(403, "RequestTimeTooSkewed",
                          "The difference between the request time and the current time is too large.")

    def check_signed(self, signed):
        must = {"host"} | {name.lower() for name in self.headers if name.lower().startswith("x-amz-")}
        missing = must - set(signed)
        if missing or "x-amz-content-sha256" not in signed:
            raise Refusal(403, "AccessDenied", "There were headers present in the request which were "
                          "not signed: " + ", ".join(sorted(missing)))
        reported = self.headers.get("x-amz-content-sha256", "")
        if reported == "UNSIGNED-PAYLOAD" and not self.options.tls:
            raise Refusal(400, "InvalidRequest", "An unsigned payload needs TLS.")
        if reported != "UNSIGNED-PAYLOAD" and not re.fullmatch(r"[0-9a-f]{64}", reported):
            raise Refusal(400, "InvalidArgument", "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, or a "
                          "valid sha256 value.")

    def signature(self, signed, amz_date, date, region, secret):
        query = "&".join(sorted(f"{quote(name)}={quote(value)}" for name, value in self.pairs))
        path = quote(urllib.parse.unquote(self.raw_path), "/-_.~")
        headers = "".join(
            f"{name}:{' '.join(' '.join(self.headers.get_all(name, [])).split())}\n" for name in signed)
        canonical = "\n".join([self.command, path, query, headers, ";".join(signed),
                               self.headers.get("x-amz-content-sha256", "")])
        scope = f"{date}/{region}/s3/aws4_request"
        text = "\n".join(["AWS4-HMAC-SHA256", amz_date, scope,
                          hashlib.sha256(canonical.encode()).hexdigest()])
        key = ("AWS4" + secret).encode()
        for piece in (date, region, "s3", "aws4_request"):
            key = hmac.new(key, piece.encode(), hashlib.sha256).digest()
        return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()

    # --- answers -------------------------------------------------------------------------------

    def send(self, status, body=b"", headers=None):
        kind = self.fault.get("kind")
        if self.hold_answer:
            self.hold()
        if kind == "lost":
            self.drop_after(0)
        headers = dict(headers or {})
        if kind == "error_in_200":
            self.code = self.fault["code"]
            body = error_xml(self.code, self.fault.get("message", ""), self.raw_path, "").encode()
        if kind == "wrong_etag" and "ETag" in headers:
            headers["ETag"] = '"' + "0" * 32 + '"'
        self.sent_status = status
        self.send_response(status)
        self.send_header("x-amz-request-id", f"{self.number:016X}")
        headers.setdefault("Content-Length", str(len(body)))
        for name, value in headers.items():
            self.send_header(name, value)
        # Unread bytes would be parsed as the next request.
        if self.body_left:
            self.close_connection = True
            self.send_header("Connection", "close")
        self.code = "(truncated)" if kind == "truncate" else self.code
        self.tell()
        self.end_headers()
        if kind == "truncate":
            self.wfile.write(body[:len(body) // 2])
            raise Gone
        if kind == "drip":
            self.drip(body)
        if self.command != "HEAD":
            self.wfile.write(body)

    def drip(self, body):
        """An answer at a few bytes per second, which never stalls."""
        for at in range(len(body)):
            self.wfile.write(body[at:at + 1])
            self.wfile.flush()
            time.sleep(self.fault["seconds"])
        raise Gone

    def send_xml(self, root, inner, headers=None):
        kind = self.fault.get("kind")
        if kind == "wrong_etag":
            inner = re.sub(r"&quot;[0-9a-f]{32}(-[0-9]+)?&quot;",
                           lambda found: f"&quot;{'0' * 32}{found.group(1) or ''}&quot;", inner)
        root = self.options.root or root
        body = f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{NAMESPACE}">{inner}</{root}>'.encode()
        if kind == "garbage":
            body = b"<html><body>a proxy's own page</body></html>"
        if kind == "cut_xml":
            body = body[:len(body) // 2]
        self.send(200, body, {"Content-Type": "application/xml", **(headers or {})})

    def send_refusal(self, refusal):
        self.code = refusal.code
        body = error_xml(refusal.code, refusal.message, self.raw_path, refusal.extra).encode()
        headers = {"Content-Type": "application/xml", **refusal.headers}
        try:
            # Without an Expect the client is sending the body: read it, so that it sees the answer.
            if self.body_left and not self.wants_continue and not self.fault.get("early"):
                self.receive(discard=True)
            self.fault = {}
            self.send(refusal.status, body, headers)
        except (Gone, ConnectionError):
            self.close_connection = True

    # --- the operations ------------------------------------------------------------------------

    def perform(self):
        options = self.options
        if not (options.public and self.operation == "GetObject" and not self.headers.get("authorization")):
            self.authorize()
        if any(fnmatch.fnmatch(self.operation, pattern) for pattern in options.deny):
            raise Refusal(403, "AccessDenied", "Access Denied")
        method = getattr(self, "op_" + self.operation, None)
        if not method or any(fnmatch.fnmatch(self.operation, pattern) for pattern in options.unknown):
            raise Refusal(405, "MethodNotAllowed",
                          "The specified method is not allowed against this resource.")
        names = {name.lower() for name in self.headers}
        has_checksum = any(name.startswith("x-amz-checksum") for name in names)
        if ("conditions" in options.without and names & {"if-match", "if-none-match"}) or \
                ("checksums" in options.without and has_checksum) or \
                ("part_checksums" in options.without and has_checksum and self.operation == "UploadPart"):
            status, _, code = options.unsupported.partition(":")
            raise Refusal(int(status), code, NOT_IMPLEMENTED)
        # Only a client that may read an object learns whether it has an ETag.
        if "if-match" in names and any(fnmatch.fnmatch("GetObject", pattern) for pattern in options.deny):
            raise Refusal(403, "AccessDenied", "Access Denied")
        if self.operation not in ("CreateBucket", "ListBuckets") and \
                self.bucket not in self.state.buckets:
            raise Refusal(404, "NoSuchBucket", "The specified bucket does not exist")
        method()

    def op_ListBuckets(self):
        with self.state.lock:
            inner = "".join(f"<Bucket><Name>{name}</Name><CreationDate>{iso_time(0)}</CreationDate></Bucket>"
                            for name in sorted(self.state.buckets))
        self.send_xml("ListAllMyBucketsResult", f"{owner_xml()}<Buckets>{inner}</Buckets>")

    def op_CreateBucket(self):
        text = self.receive(keep=True)
        region = self.options.region
        wanted = ElementTree.fromstring(text).findtext(f"{{{NAMESPACE}}}LocationConstraint") if text else None
        if (wanted or "us-east-1") != region:
            raise Refusal(400, "IllegalLocationConstraintException", f"The {wanted} location constraint "
                          "is incompatible for the region specific endpoint this request was sent to.")
        with self.state.lock:
            if self.bucket in self.options.foreign:
                raise Refusal(409, "BucketAlreadyExists", "The requested bucket name is not available. The "
                              "bucket namespace is shared by all users of the system.")
            if self.bucket in self.state.buckets:
                raise Refusal(409, "BucketAlreadyOwnedByYou", "Your previous request to create the named "
                              "bucket succeeded and you already own it.")
            self.state.buckets[self.bucket] = {"settings": {}, "region": region}
        self.send(200, headers={"Location": "/" + self.bucket})

    def op_HeadBucket(self):
        self.send(200, headers={"x-amz-bucket-region": self.options.region})

    def op_GetBucketLocation(self):
        self.send_xml("LocationConstraint", self.options.region)

    def put_setting(self, name):
        text = self.receive(keep=True)
        if not self.headers.get("content-md5"):
            raise Refusal(400, "InvalidRequest", "Missing required header for this request: Content-MD5")
        try:
            ElementTree.fromstring(text)
        except ElementTree.ParseError:
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed.") from None
        self.state.buckets[self.bucket]["settings"][name] = text
        self.send(200)

    def get_setting(self, name, code):
        text = self.state.buckets[self.bucket]["settings"].get(name)
        if not text:
            raise Refusal(404, code, "It was not found")
        self.send(200, text, {"Content-Type": "application/xml"})

    def op_PutPublicAccessBlock(self):
        self.put_setting("public")

    def op_GetPublicAccessBlock(self):
        self.get_setting("public", "NoSuchPublicAccessBlockConfiguration")

    def op_PutBucketEncryption(self):
        self.put_setting("encryption")

    def op_GetBucketEncryption(self):
        self.get_setting("encryption", "ServerSideEncryptionConfigurationNotFoundError")

    def object_headers(self):
        kept = {name.lower(): value for name, value in self.headers.items()
                if name.lower().startswith(("x-amz-meta-", "x-amz-server-side-", "x-amz-storage-class"))
                or name.lower() in ("content-type", "cache-control")}
        sse = kept.get("x-amz-server-side-encryption")
        kms = kept.get("x-amz-server-side-encryption-aws-kms-key-id")
        storage = kept.get("x-amz-storage-class", "STANDARD")
        if sse not in (None, "AES256", "aws:kms"):
            raise Refusal(400, "InvalidArgument", "The encryption method specified is not supported")
        if kms and sse != "aws:kms":
            raise Refusal(400, "InvalidArgument", "A KMS key id needs aws:kms")
        if kms and "missing" in kms:
            raise Refusal(400, "KMS.NotFoundException", f"Key '{kms}' does not exist")
        if storage not in ("STANDARD", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "GLACIER_IR"):
            raise Refusal(400, "InvalidStorageClass", "The storage class you specified is not valid")
        if "encryption" in self.options.without:
            kept = {name: value for name, value in kept.items() if not name.startswith("x-amz-server-side-")}
        return kept

    def etag_of(self, headers, md5):
        """S3's ETag is the MD5, except with KMS, where it is another value of the same form."""
        if headers.get("x-amz-server-side-encryption") == "aws:kms":
            return hashlib.md5(b"kms" + md5).hexdigest()
        return md5.hex()

    def shown_headers(self, headers):
        return {name: value for name, value in headers.items() if name.startswith("x-amz-server-side-")}

    def check_condition(self):
        """Under the lock, right before the object is replaced."""
        current = self.state.objects.get((self.bucket, self.key))
        if self.headers.get("if-none-match"):
            if self.headers["if-none-match"] != "*":
                raise Refusal(501, "NotImplemented", NOT_IMPLEMENTED)
            if current:
                raise Refusal(412, "PreconditionFailed", PRECONDITION,
                              extra="<Condition>If-None-Match</Condition>")
        wanted = self.headers.get("if-match")
        if wanted:
            if not current:
                raise Refusal(404, "NoSuchKey", "The specified key does not exist.")
            # Some servers compare with the unquoted ETag, so a quoted one never matches.
            shown = current.etag if "quotes" in self.options.without else f'"{current.etag}"'
            if wanted not in (shown, current.etag):
                raise Refusal(412, "PreconditionFailed", PRECONDITION,
                              extra="<Condition>If-Match</Condition>")

    def store(self, bodies, etag, headers):
        version = f"v{next(self.state.numbers)}" if self.options.versions else ""
        self.state.objects[(self.bucket, self.key)] = S3Object(bodies, etag, headers, version)
        return {"x-amz-version-id": version} if version else {}

    def op_PutObject(self):
        headers = self.object_headers()
        body = self.receive()
        etag = self.etag_of(headers, body.md5)
        with self.state.lock:
            self.check_condition()
            answer = self.store([body], etag, headers)
        if self.headers.get("x-amz-checksum-sha256"):
            answer["x-amz-checksum-sha256"] = base64.b64encode(body.sha256).decode()
        if self.fault.get("kind") == "wrong_etag":
            answer.pop("x-amz-checksum-sha256", None)
        self.send(200, headers={"ETag": f'"{etag}"', **answer, **self.shown_headers(headers)})

    def op_DeleteObject(self):
        with self.state.lock:
            self.check_condition()
            self.state.objects.pop((self.bucket, self.key), None)
        self.send(204)

    def find_object(self):
        found = self.state.objects.get((self.bucket, self.key))
        if not found:
            raise Refusal(404, "NoSuchKey", "The specified key does not exist.")
        return found

    def read_headers(self, found):
        headers = {"ETag": f'"{found.etag}"', "Accept-Ranges": "bytes",
                   "Last-Modified": email.utils.formatdate(found.modified + self.state.options.clock_offset, usegmt=True),
                   **found.headers}
        if found.version:
            headers["x-amz-version-id"] = found.version
        return headers

    def op_HeadObject(self):
        found = self.find_object()
        self.send(200, headers={**self.read_headers(found), "Content-Length": str(found.size)})

    def op_GetObject(self):
        found = self.find_object()
        first, last, status = 0, found.size - 1, 200
        headers = self.read_headers(found)
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", self.headers.get("range", ""))
        if asked:
            first = int(asked.group(1))
            last = min(int(asked.group(2) or last), last)
            if first >= found.size:
                raise Refusal(416, "InvalidRange", "The requested range is not satisfiable")
            status = 206
            headers["Content-Range"] = f"bytes {first}-{last}/{found.size}"
        self.send(status, headers={**headers, "Content-Length": str(last - first + 1)})
        at = 0
        for body in found.bodies:
            start, stop = max(first - at, 0), min(last + 1 - at, body.size)
            if start < stop:
                self.send_file(body.path, start, stop - start)
            at += body.size

    def send_file(self, path, start, count):
        with open(path, "rb") as file:
            file.seek(start)
            while count > 0:
                data = file.read(min(count, CHUNK))
                self.wfile.write(data)
                count -= len(data)

    def op_ListObjectsV2(self):
        prefix = self.query_get("prefix") or ""
        delimiter = self.query_get("delimiter") or ""
        maximum = min(int(self.query_get("max-keys") or 1000), self.options.page)
        after = self.query_get("continuation-token") or self.query_get("start-after") or \
            self.query_get("marker") or ""
        encoded = self.query_get("encoding-type") == "url"
        show = (lambda text: quote(text, "/-_.~")) if encoded else escape
        with_owner = self.query_get("fetch-owner") == "true" or self.query_get("list-type") != "2"
        rows, prefixes, last, truncated = [], [], "", False
        with self.state.lock:
            found = sorted((key, value) for (bucket, key), value in self.state.objects.items()
                           if bucket == self.bucket and key.startswith(prefix) and key > after)
        for key, value in found:
            if len(rows) + len(prefixes) >= maximum:
                truncated = True
                break
            last = key
            cut = key.find(delimiter, len(prefix)) if delimiter else -1
            if cut >= 0:
                group = key[:cut + len(delimiter)]
                if group not in prefixes:
                    prefixes.append(group)
                continue
            rows.append(f"<Contents><Key>{show(key)}</Key><LastModified>{iso_time(value.modified)}"
                        f"</LastModified><ETag>&quot;{value.etag}&quot;</ETag><Size>{value.size}</Size>"
                        f"{owner_xml() if with_owner else ''}<StorageClass>STANDARD</StorageClass></Contents>")
        inner = f"<Name>{self.bucket}</Name><Prefix>{show(prefix)}</Prefix><KeyCount>{len(rows)}</KeyCount>" \
                f"<MaxKeys>{maximum}</MaxKeys><IsTruncated>{str(truncated).lower()}</IsTruncated>"
        if encoded:
            inner += "<EncodingType>url</EncodingType>"
        if truncated:
            inner += f"<NextContinuationToken>{escape(last)}</NextContinuationToken>"
        inner += "".join(rows)
        inner += "".join(f"<CommonPrefixes><Prefix>{show(group)}</Prefix></CommonPrefixes>"
                         for group in prefixes)
        self.send_xml("ListBucketResult", inner)

    # --- multipart -----------------------------------------------------------------------------

    def find_upload(self):
        upload = self.state.uploads.get(self.query_get("uploadId"))
        if not upload or upload.key != self.key or upload.bucket != self.bucket:
            raise Refusal(404, "NoSuchUpload", "The specified upload does not exist. The upload ID may "
                          "be invalid, or the upload may have been aborted or completed.")
        return upload

    def op_CreateMultipartUpload(self):
        headers = self.object_headers()
        self.receive(discard=True)
        checksum = self.headers.get("x-amz-checksum-algorithm", "")
        if checksum not in ("", "SHA256"):
            raise Refusal(400, "InvalidRequest", "Checksum algorithm provided is unsupported.")
        upload_id = base64.urlsafe_b64encode(os.urandom(24)).decode() + "+/=."
        with self.state.lock:
            self.state.uploads[upload_id] = Upload(self.bucket, self.key, headers, checksum)
        self.send_xml("InitiateMultipartUploadResult",
                      f"<Bucket>{self.bucket}</Bucket><Key>{escape(self.key)}</Key>"
                      f"<UploadId>{upload_id}</UploadId>", self.shown_headers(headers))

    def op_UploadPart(self):
        upload = self.find_upload()
        if not 1 <= self.part <= 10000:
            raise Refusal(400, "InvalidArgument", "Part number must be an integer between 1 and 10000")
        checksum = self.headers.get("x-amz-checksum-sha256", "")
        if bool(checksum) != (upload.checksum == "SHA256"):
            raise Refusal(400, "InvalidRequest", "Checksum Type mismatch occurred, expected checksum Type: "
                          f"{upload.checksum or 'null'}, actual checksum Type: "
                          f"{'sha256' if checksum else 'null'}")
        body = self.receive()
        etag = self.etag_of(upload.headers, body.md5)
        with self.state.lock:
            self.find_upload()
            upload.parts[self.part] = (body, etag, checksum)
        headers = {"ETag": f'"{etag}"', **self.shown_headers(upload.headers)}
        if checksum and self.fault.get("kind") != "wrong_etag":
            headers["x-amz-checksum-sha256"] = checksum
        self.send(200, headers=headers)

    def op_ListParts(self):
        upload = self.find_upload()
        after = int(self.query_get("part-number-marker") or 0)
        maximum = min(int(self.query_get("max-parts") or 1000), self.options.page)
        with self.state.lock:
            numbers = sorted(number for number in upload.parts if number > after)
            shown = numbers[:maximum]
            rows = "".join(self.part_xml(number, *upload.parts[number]) for number in shown)
        truncated = len(shown) < len(numbers)
        inner = f"<Bucket>{self.bucket}</Bucket><Key>{escape(self.key)}</Key>" \
                f"<UploadId>{self.query_get('uploadId')}</UploadId><PartNumberMarker>{after}</PartNumberMarker>" \
                f"<NextPartNumberMarker>{shown[-1] if shown else 0}</NextPartNumberMarker>" \
                f"<MaxParts>{maximum}</MaxParts><IsTruncated>{str(truncated).lower()}</IsTruncated>{rows}"
        if upload.checksum:
            inner += f"<ChecksumAlgorithm>{upload.checksum}</ChecksumAlgorithm>"
        self.send_xml("ListPartsResult", inner)

    def part_xml(self, number, body, etag, checksum):
        checksum = f"<ChecksumSHA256>{checksum}</ChecksumSHA256>" if checksum else ""
        return f"<Part><PartNumber>{number}</PartNumber><LastModified>{iso_time(time.time())}" \
               f"</LastModified><ETag>&quot;{etag}&quot;</ETag><Size>{body.size}</Size>{checksum}</Part>"

    def op_ListMultipartUploads(self):
        prefix = self.query_get("prefix") or ""
        marker = self.query_get("upload-id-marker") or ""
        maximum = min(int(self.query_get("max-uploads") or 1000), self.options.page)
        with self.state.lock:
            found = sorted(((upload.key, upload.initiated, upload_id, upload.checksum)
                            for upload_id, upload in self.state.uploads.items()
                            if upload.bucket == self.bucket and upload.key.startswith(prefix)))
        ids = [upload_id for _, _, upload_id, _ in found]
        if marker in ids:
            found = found[ids.index(marker) + 1:]
        shown = found[:maximum]
        truncated = len(shown) < len(found)
        if self.options.endless:
            shown = shown or [(prefix, time.time(), "endless", None)]
            last = f"{int(marker or 0) + 1:09}" if self.options.endless == "forward" else "same"
            shown, truncated = [shown[-1][:2] + (last, None)], True
        inner = f"<Bucket>{self.bucket}</Bucket><Prefix>{escape(prefix)}</Prefix>" \
                f"<IsTruncated>{str(truncated).lower()}</IsTruncated>"
        if truncated:
            inner += f"<NextKeyMarker>{escape(shown[-1][0])}</NextKeyMarker>" \
                     f"<NextUploadIdMarker>{shown[-1][2]}</NextUploadIdMarker>"
        for key, initiated, upload_id, checksum in shown:
            algorithm = f"<ChecksumAlgorithm>{checksum}</ChecksumAlgorithm>" if checksum else ""
            inner += f"<Upload><Key>{escape(key)}</Key><UploadId>{upload_id}</UploadId>" \
                     f"<Initiated>{iso_time(initiated)}</Initiated>{algorithm}</Upload>"
        self.send_xml("ListMultipartUploadsResult", inner)

    def op_AbortMultipartUpload(self):
        self.find_upload()
        with self.state.lock:
            self.state.uploads.pop(self.query_get("uploadId"), None)
        self.send(204)

    def op_CompleteMultipartUpload(self):
        text = self.receive(keep=True)
        upload_id = self.query_get("uploadId")
        upload = self.find_upload()
        bodies = self.chosen_parts(upload, text)
        etag = self.etag_of(upload.headers, hashlib.md5(b"".join(body.md5 for body in bodies)).digest())
        if "part_count" not in self.options.without:
            etag += f"-{len(bodies)}"
        with self.state.lock:
            self.find_upload()
            self.check_condition()
            answer = self.store(bodies, etag, upload.headers)
            del self.state.uploads[upload_id]
        self.send_xml("CompleteMultipartUploadResult",
                      f"<Location>{escape(self.raw_path)}</Location><Bucket>{self.bucket}</Bucket>"
                      f"<Key>{escape(self.key)}</Key><ETag>&quot;{etag}&quot;</ETag>",
                      {**answer, **self.shown_headers(upload.headers)})

    def chosen_parts(self, upload, text):
        try:
            rows = [row for row in ElementTree.fromstring(text) if tag(row) == "Part"]
        except ElementTree.ParseError:
            rows = []
        if not rows:
            raise Refusal(400, "MalformedXML", "The XML you provided was not well-formed.")
        bodies, before = [], 0
        for row in rows:
            cells = {tag(cell): (cell.text or "") for cell in row}
            number = int(cells["PartNumber"])
            if number <= before:
                raise Refusal(400, "InvalidPartOrder", "The list of parts was not in ascending order.")
            before = number
            part = upload.parts.get(number)
            if not part or cells["ETag"].strip('"') != part[1] or \
                    (upload.checksum and cells.get("ChecksumSHA256") != part[2]):
                raise Refusal(400, "InvalidPart", "One or more of the specified parts could not be found.")
            bodies.append(part[0])
        if any(body.size < MIN_PART for body in bodies[:-1]):
            raise Refusal(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum "
                          "allowed size")
        return bodies


def owner_xml():
    return "<Owner><ID>0123456789abcdef</ID><DisplayName>someone-else</DisplayName></Owner>"


def error_xml(code, message, resource, extra):
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{escape(code)}</Code>' \
           f"<Message>{escape(message)}</Message><Resource>{escape(resource)}</Resource>{extra}</Error>"


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, client_address):
        if not isinstance(sys.exc_info()[1], (ConnectionError, TimeoutError, ssl.SSLError)):
            super().handle_error(request, client_address)


def parse_options(words=None):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--folder", required=True)
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", action="append", default=[], help="ID:SECRET[:TOKEN]")
    parser.add_argument("--bucket", action="append", default=[], help="exists from the start")
    parser.add_argument("--foreign", action="append", default=[], help="a bucket of someone else's")
    parser.add_argument("--region", default="us-east-1")
    parser.add_argument("--path", default="", help="before the bucket: /gateway")
    parser.add_argument("--faults", help="a file of faults")
    parser.add_argument("--clock-offset", type=float, default=0, help="seconds")
    parser.add_argument("--deny", action="append", default=[], help="operations: AccessDenied")
    parser.add_argument("--unknown", action="append", default=[], help="operations: 405")
    parser.add_argument("--without", action="append", default=[],
                        help="conditions, checksums, part_checksums, quotes, part_count, encryption")
    parser.add_argument("--unsupported", default="501:NotImplemented",
                        help="the answer to headers that it does not support, STATUS:CODE")
    parser.add_argument("--page", type=int, default=1000, help="rows of a list at most")
    parser.add_argument("--root", help="what every answer calls its root element")
    parser.add_argument("--endless", choices=("same", "forward"),
                        help="a list of uploads that never ends, its markers the same or ascending")
    parser.add_argument("--versions", action="store_true")
    parser.add_argument("--public", action="store_true", help="everybody may read objects")
    parser.add_argument("--tls", nargs=2, metavar=("CERTIFICATE", "KEY"))
    options = parser.parse_args(words)
    options.key = options.key or ["AKIDEXAMPLE:wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"]
    return options


def main(words=None):
    options = parse_options(words)
    os.makedirs(os.path.join(options.folder, "data"), exist_ok=True)
    server = Server(("127.0.0.1", options.port), Handler)
    server.state = State(options)
    if options.tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*options.tls)
        server.socket = context.wrap_socket(server.socket, server_side=True)
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    path = os.path.join(options.folder, "port")
    with open(path + ".tmp", "w", encoding="utf-8") as file:
        file.write(str(server.server_port))
    os.rename(path + ".tmp", path)
    server.serve_forever()


if __name__ == "__main__":
    main()
