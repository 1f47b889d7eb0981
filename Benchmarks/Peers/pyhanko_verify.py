"""pyhanko_verify.py LETTER PKI TIME: seconds of the processor that pyHanko takes for one verification, the best of seven."""
import datetime
import glob
import logging
import sys
import time

from asn1crypto import crl, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko_certvalidator import ValidationContext

logging.disable(logging.CRITICAL)
letter, pki, moment = sys.argv[1:]


def read(pattern):
    for path in sorted(glob.glob(f"{pki}/{pattern}")):
        data = open(path, "rb").read()
        yield pem.unarmor(data)[2] if pem.detect(data) else data


anchors = [x509.Certificate.load(der) for der in read("anchors/*")]
others = [x509.Certificate.load(der) for der in read("ca/*")]
lists = [crl.CertificateList.load(der) for der in read("crl/*")]
best = float("inf")
for _ in range(7):
    begin = time.process_time()
    context = ValidationContext(
        trust_roots=anchors, other_certs=others, crls=lists, allow_fetching=False, revocation_mode="require",
        moment=datetime.datetime.fromtimestamp(int(moment), datetime.timezone.utc))
    with open(letter, "rb") as file:
        status = validate_pdf_signature(
            PdfFileReader(file).embedded_signatures[0], context, ts_validation_context=context)
    best = min(best, time.process_time() - begin)
    if not (status.intact and status.valid):
        sys.exit(1)
print(best)
