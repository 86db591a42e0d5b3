#!/usr/bin/env python3
"""Makes the files of this folder: real programs encrypt made-up values under the password `Lärche 7`.

Needs Debian's zip, p7zip-full and qpdf, and from PyPI msoffcrypto-tool, openpyxl and pyzipper.
The files that other people's programs wrote (`office-*`) come from the tests of msoffcrypto-tool (MIT), whose
password is `Password1234_`: `make.py FOLDER` takes them from its folder `tests/inputs`.
Run it in an empty folder to compare; salts make every run's files differ.
"""

import io
import pathlib
import shutil
import subprocess
import sys
import tarfile

import msoffcrypto
import openpyxl
import pyzipper

PASSWORD = "Lärche 7"
ASCII = "larch 7"
CSV = "name,phone\nZoë Müller,+49 761 555-0100\nBob Example,555-0101\n"
NOTE = "The card 4111 1111 1111 1111 of Zoë Müller\n"
HERE = pathlib.Path("files")


def run(*command, folder=None):
    subprocess.run(command, check=True, cwd=folder, stdout=subprocess.DEVNULL)


def plain():
    work = HERE / "work"
    work.mkdir(parents=True)
    (work / "people.csv").write_text(CSV)
    (work / "note.txt").write_text(NOTE)
    book = openpyxl.Workbook()
    for row in [["name", "phone"], ["Zoë Müller", "+49 761 555-0100"], ["Bob Example", "555-0101"]]:
        book.active.append(row)
    book.save(HERE / "plain.xlsx")
    (HERE / "plain.pdf").write_bytes(pdf())
    return work


def pdf():
    """One page, a field, an attachment and a description."""
    page = b"BT /F1 12 Tf 72 720 Td (The card 4111 1111 1111 1111 of Zoe Example) Tj ET"
    attached = CSV.encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R /Names << /EmbeddedFiles << /Names [(people.csv) 7 0 R] >> >> >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Contents 4 0 R"
        b" /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        b"<< /Title (Phones: 555-0102) /Author (Bob Example) >>",
        b"<< /Type /Filespec /F (people.csv) /EF << /F 8 0 R >> >>",
        b"<< /Type /EmbeddedFile /Length %d >>\nstream\n%s\nendstream" % (len(attached), attached),
    ]
    out, places = b"%PDF-1.7\n", []
    for number, body in enumerate(objects, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % place for place in places)
    out += b"trailer\n<< /Size %d /Root 1 0 R /Info 6 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (
        len(objects) + 1,
        table,
    )
    return out


def zips(work):
    files = [str(work / "people.csv"), str(work / "note.txt")]
    run("zip", "-qj", HERE / "plain.zip", *files)
    run("zip", "-qj", "-P", PASSWORD, HERE / "zipcrypto.zip", *files)
    run("zip", "-qj0", "-P", PASSWORD, HERE / "zipcrypto-stored.zip", *files)
    with open(HERE / "zipcrypto-streamed.zip", "wb") as out:
        subprocess.run(
            ["zip", "-q", "-P", PASSWORD, "-", "-"], check=True, input=CSV.encode(), stdout=out
        )
    for bits in (128, 192, 256):
        options = ["-tzip", f"-p{ASCII}", f"-mem=AES{bits}", f"../aes{bits}.zip"]
        run("7z", "a", "-bd", *options, "people.csv", "note.txt", folder=work)
    with pyzipper.AESZipFile(
        HERE / "aes-utf8.zip", "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(PASSWORD.encode())
        archive.write(files[0], "people.csv")
        archive.write(files[1], "note.txt")
    with pyzipper.AESZipFile(
        HERE / "aes-western.zip", "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(PASSWORD.encode("latin-1"))
        archive.write(files[0], "people.csv")
        archive.write(files[1], "note.txt")


def sevens(work):
    def packed(name, *options):
        run("7z", "a", "-bd", *options, f"../{name}", "people.csv", "note.txt", folder=work)

    packed("plain.7z")
    packed("contents.7z", f"-p{PASSWORD}")
    packed("list.7z", f"-p{PASSWORD}", "-mhe=on")
    packed("stored.7z", f"-p{PASSWORD}", "-mx0")
    packed("apart.7z", f"-p{PASSWORD}", "-ms=off")


def pdfs():
    source = str(HERE / "plain.pdf")

    def encrypted(name, password, *options, before=()):
        target = str(HERE / name)
        run("qpdf", *before, "--encrypt", password, "owner 9", *options, "--", source, target)

    weak = ("--allow-weak-crypto",)
    encrypted("rc4-40.pdf", ASCII, "40", before=weak)
    encrypted("rc4-128.pdf", ASCII, "128", "--use-aes=n", before=weak)
    encrypted("aes-128.pdf", ASCII, "128", "--use-aes=y", before=weak)
    encrypted("aes-256-r5.pdf", ASCII, "256", "--force-R5", before=weak)
    encrypted("aes-256.pdf", PASSWORD, "256")
    encrypted("aes-256-streams.pdf", PASSWORD, "256", before=("--object-streams=generate",))
    encrypted("aes-256-clear-metadata.pdf", PASSWORD, "256", "--cleartext-metadata")
    encrypted("owner.pdf", "", "256")
    encrypted("owner-rc4.pdf", "", "128", "--use-aes=n", before=weak)


def locked(source, password):
    office, out = msoffcrypto.OfficeFile(io.BytesIO(source)), io.BytesIO()
    office.encrypt(password, out)
    return out.getvalue()


def offices(inputs):
    book = (HERE / "plain.xlsx").read_bytes()
    (HERE / "agile.xlsx").write_bytes(locked(book, PASSWORD))
    (HERE / "usual.xlsx").write_bytes(locked(book, "VelvetSweatshop"))
    for name, source in {
        "office-standard.docx": "ecma376standard_password.docx",
        "office-agile.xlsx": "example_password.xlsx",
        "office-rc4.xls": "rc4cryptoapi_password.xls",
        "office-rc4.doc": "rc4cryptoapi_password.doc",
    }.items():
        shutil.copy(inputs / source, HERE / name)
        office, out = msoffcrypto.OfficeFile(open(inputs / source, "rb")), io.BytesIO()
        office.load_key(password="Password1234_")
        office.decrypt(out)
        (HERE / f"{name.partition('.')[0]}-plain.{name.partition('.')[2]}").write_bytes(out.getvalue())


def nested():
    inner = io.BytesIO()
    with pyzipper.AESZipFile(
        inner, "w", compression=pyzipper.ZIP_DEFLATED, encryption=pyzipper.WZ_AES
    ) as archive:
        archive.setpassword(ASCII.encode())
        archive.write(HERE / "aes-256.pdf", "a.pdf")
        archive.write(HERE / "agile.xlsx", "b.xlsx")
    outer = io.BytesIO()
    with tarfile.open(fileobj=outer, mode="w:gz") as archive:
        member = tarfile.TarInfo("in/inner.zip")
        member.size = len(inner.getvalue())
        archive.addfile(member, io.BytesIO(inner.getvalue()))
    (HERE / "nested.tar.gz").write_bytes(outer.getvalue())


def main():
    work = plain()
    zips(work)
    sevens(work)
    pdfs()
    offices(pathlib.Path(sys.argv[1]))
    nested()
    shutil.rmtree(work)


main()
