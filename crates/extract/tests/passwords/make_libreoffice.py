#!/usr/bin/env python3
"""Lets LibreOffice save `files/plain.xlsx` and a text under the password of `make.py`.

Needs Debian's libreoffice-calc-nogui, libreoffice-writer-nogui and python3-uno, and Debian's own python3.
"""

import pathlib
import subprocess
import tempfile
import time

import uno
from com.sun.star.beans import PropertyValue

PASSWORD = "Lärche 7"
HERE = pathlib.Path("files").absolute()
TEXT = "The card 4111 1111 1111 1111 of Zoë Müller\nPhone +49 761 555-0100\n"
PIPE = "pipe,name=lakegate-files;urp;StarOffice.ComponentContext"


def value(name, content):
    return PropertyValue(Name=name, Value=content)


def desktop(profile):
    process = subprocess.Popen(
        ["soffice", "--headless", "--norestore", f"-env:UserInstallation=file://{profile}",
         f"--accept={PIPE.replace('StarOffice.ComponentContext', '')}"],
    )
    local = uno.getComponentContext()
    resolver = local.ServiceManager.createInstanceWithContext(
        "com.sun.star.bridge.UnoUrlResolver", local
    )
    for _ in range(60):
        try:
            context = resolver.resolve(f"uno:{PIPE}")
            break
        except Exception:
            time.sleep(1)
    manager = context.ServiceManager
    return process, manager.createInstanceWithContext("com.sun.star.frame.Desktop", context)


def save(document, name, kind):
    for prefix, more in (("plain", []), ("libreoffice", [value("Password", PASSWORD)])):
        url = (HERE / f"{prefix}-{name}").as_uri()
        document.storeToURL(url, tuple([value("FilterName", kind), *more]))


def main():
    with tempfile.TemporaryDirectory() as profile:
        process, office = desktop(profile)
        hidden = (value("Hidden", True),)
        book = office.loadComponentFromURL((HERE / "plain.xlsx").as_uri(), "_blank", 0, hidden)
        save(book, "book.ods", "calc8")
        save(book, "book.xls", "MS Excel 97")
        book.close(True)
        text = office.loadComponentFromURL("private:factory/swriter", "_blank", 0, hidden)
        text.Text.setString(TEXT)
        save(text, "text.odt", "writer8")
        save(text, "text.doc", "MS Word 97")
        text.close(True)
        office.terminate()
        process.wait()


main()
