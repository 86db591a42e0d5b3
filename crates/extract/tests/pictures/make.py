"""Makes the pictures of this folder anew: `python3 make.py`, with Pillow, pikepdf, odfpy,
python-docx and python-pptx.

All that they show is made up.
"""

import io
import zlib
from email.message import EmailMessage

import docx
import pikepdf
import pptx
from odf.draw import Frame, Image as ODFImage, Page, TextBox
from odf.opendocument import OpenDocumentPresentation, OpenDocumentText
from odf.style import MasterPage, PageLayout
from odf.text import P
from PIL import Image, ImageDraw, ImageFont
from pptx.util import Inches

FONT = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
LINES = [
    "Application form 27-B",
    "Name: Mira Larkspur",
    "Card number: 4539 7261 6751 3615",
    "Social security number: 318-49-3004",
    "E-mail: mira@larkspur.example",
    "IBAN: DE89 3704 0044 0532 0130 00",
]
WIDTH, HEIGHT, LINE = 1000, 640, 80


def form(mode="1", lines=LINES):
    picture = Image.new("L", (WIDTH, HEIGHT), 255)
    draw = ImageDraw.Draw(picture)
    font = ImageFont.truetype(FONT, 32)
    for number, line in enumerate(lines):
        draw.text((60, 60 + number * LINE), line, font=font, fill=0)
    return picture.convert(mode)


def saved(picture, **options):
    out = io.BytesIO()
    picture.save(out, **options)
    return out.getvalue()


def fax(picture):
    """The rows as Group 4, without the file around them."""
    tiff = Image.open(io.BytesIO(saved(picture, format="TIFF", compression="group4", tiffinfo={278: HEIGHT})))
    offset, length = tiff.tag_v2[273][0], tiff.tag_v2[279][0]
    is_black_zero = tiff.tag_v2[262] == 1
    return saved(picture, format="TIFF", compression="group4", tiffinfo={278: HEIGHT})[offset : offset + length], is_black_zero


def jbig2(rows):
    """A page of one region whose rows are Group 4 themselves."""
    number = lambda n: n.to_bytes(4, "big")
    page = number(WIDTH) + number(HEIGHT) + number(0) * 2 + b"\0\0\0"
    region = number(WIDTH) + number(HEIGHT) + number(0) * 2 + b"\0" + b"\1" + rows
    segment = lambda n, kind, data: number(n) + bytes([kind, 0, 1]) + number(len(data)) + data
    return segment(0, 48, page) + segment(1, 38, region)


def pdf():
    document = pikepdf.new()
    one = form("1")
    rows, is_black_zero = fax(one)
    palette = form("P")
    indexed = form("L").point(lambda value: value // 16)
    nibbles = bytes(a << 4 | b for a, b in zip(indexed.tobytes()[::2], indexed.tobytes()[1::2]))
    colours = b"".join(bytes([n * 17] * 3) for n in range(16))
    parms = pikepdf.Dictionary(K=-1, Columns=WIDTH, Rows=HEIGHT, BlackIs1=is_black_zero)
    images = [
        (saved(form("L"), format="JPEG", quality=40), dict(Filter="/DCTDecode", ColorSpace="/DeviceGray", BitsPerComponent=8)),
        (rows, dict(Filter="/CCITTFaxDecode", ColorSpace="/DeviceGray", BitsPerComponent=1, DecodeParms=parms)),
        (zlib.compress(one.tobytes()), dict(Filter="/FlateDecode", ColorSpace="/DeviceGray", BitsPerComponent=1)),
        (zlib.compress(form("RGB").tobytes()), dict(Filter="/FlateDecode", ColorSpace="/DeviceRGB", BitsPerComponent=8)),
        (zlib.compress(nibbles), dict(Filter="/FlateDecode", ColorSpace=pikepdf.Array(["/Indexed", "/DeviceRGB", 15, pikepdf.String(colours)]), BitsPerComponent=4)),
        (saved(form("L"), format="JPEG2000", quality_mode="rates", quality_layers=[40]), dict(Filter="/JPXDecode")),
        (jbig2(rows), dict(Filter="/JBIG2Decode", ColorSpace="/DeviceGray", BitsPerComponent=1)),
    ]
    for data, entries in images:
        stream = pikepdf.Stream(document, data)
        for key, value in entries.items():
            stream[f"/{key}"] = pikepdf.Name(value) if isinstance(value, str) else value
        if "ColorSpace" in entries and isinstance(entries["ColorSpace"], pikepdf.Array):
            stream.ColorSpace = pikepdf.Array([pikepdf.Name("/Indexed"), pikepdf.Name("/DeviceRGB"), 15, pikepdf.String(colours)])
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width, stream.Height = WIDTH, HEIGHT
        page = document.add_blank_page(page_size=(500, 320))
        page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=document.make_indirect(stream)))
        page.Contents = pikepdf.Stream(document, b"q 500 0 0 320 0 0 cm /Im Do Q")
    document.save("scan.pdf", static_id=True)


def masked():
    """A page of ink alone: its mask has the form of the letters."""
    document = pikepdf.new()
    ink = pikepdf.Stream(document, zlib.compress(bytes(WIDTH * HEIGHT)))
    mask = pikepdf.Stream(document, zlib.compress(form("L").point(lambda value: 255 - value).tobytes()))
    for stream in (ink, mask):
        stream.Type, stream.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        stream.Width, stream.Height, stream.BitsPerComponent = WIDTH, HEIGHT, 8
        stream.ColorSpace, stream.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.FlateDecode
    ink.SMask = document.make_indirect(mask)
    page = document.add_blank_page(page_size=(500, 320))
    page.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(Im=document.make_indirect(ink)))
    page.Contents = pikepdf.Stream(document, b"q 500 0 0 320 0 0 cm /Im Do Q")
    document.save("mask.pdf", static_id=True)


def strips():
    """A page whose picture was cut to pieces, through its lines."""
    document = pikepdf.new()
    rows, height = form("1").tobytes(), HEIGHT // 10
    names, drawn = pikepdf.Dictionary(), b""
    for number in range(10):
        part = rows[number * height * WIDTH // 8 : (number + 1) * height * WIDTH // 8]
        strip = pikepdf.Stream(document, zlib.compress(part))
        strip.Type, strip.Subtype = pikepdf.Name.XObject, pikepdf.Name.Image
        strip.Width, strip.Height, strip.BitsPerComponent = WIDTH, height, 1
        strip.ColorSpace, strip.Filter = pikepdf.Name.DeviceGray, pikepdf.Name.FlateDecode
        names[f"/S{number}"] = document.make_indirect(strip)
        drawn += b"q 500 0 0 32 0 %d cm /S%d Do Q " % (288 - number * 32, number)
    page = document.add_blank_page(page_size=(500, 320))
    page.Resources, page.Contents = pikepdf.Dictionary(XObject=names), pikepdf.Stream(document, drawn)
    document.save("strips.pdf", static_id=True)


def frame(document):
    frame = Frame(width="15cm", height="9cm", anchortype="as-char")
    frame.addElement(ODFImage(href=document.addPicture("form.png")))
    return frame


def main():
    one = form("1")
    one.save("form.png", optimize=True)
    form("L").save("form.jpg", quality=40)
    one.save("form.gif")
    parts = [form("1", LINES[:3]), form("1", LINES[3:])]
    parts[0].save("changes.gif", save_all=True, append_images=parts[1:])
    first, second = (saved(part, format="GIF") for part in parts)
    colours = 3 << (second[10] & 7) + 1
    open("moving.gif", "wb").write(first[:-1] + second[13 + colours :])
    form("L").save("form.webp", quality=40)
    one.save("form.bmp")
    one.rotate(90, expand=True).save("turned.png", optimize=True)
    one.save("pages.tif", compression="group4", save_all=True, append_images=[form("1", LINES[2:4])])
    pdf()
    masked()
    strips()
    document = docx.Document()
    document.add_picture("form.png", width=docx.shared.Inches(6))
    document.save("scan.docx")
    letter = docx.Document()
    letter.add_paragraph("Dear neighbour, the form that we spoke about was sent to the office at the end of last month, and nobody answered. We ask you to look for it, and to send us word as soon as it is found.")
    letter.add_picture("form.png", width=docx.shared.Inches(6))
    letter.save("letter.docx")
    text = OpenDocumentText()
    paragraph = P()
    paragraph.addElement(frame(text))
    text.text.addElement(paragraph)
    text.save("scan.odt")
    slides = OpenDocumentPresentation()
    layout = PageLayout(name="layout")
    slides.automaticstyles.addElement(layout)
    master = MasterPage(name="master", pagelayoutname=layout)
    slides.masterstyles.addElement(master)
    for content in [Frame(width="9cm", height="3cm"), frame(slides)]:
        page = Page(masterpagename=master)
        if not content.hasChildNodes():
            box = TextBox()
            box.addElement(P(text="What follows is a form that was filled in."))
            content.addElement(box)
        page.addElement(content)
        slides.presentation.addElement(page)
    slides.save("deck.odp")
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[5])
    first.shapes.title.text = "What follows is a form that was filled in and sent to the office, and that somebody scanned there."
    second = deck.slides.add_slide(deck.slide_layouts[6])
    second.shapes.add_picture("form.png", Inches(1), Inches(1))
    deck.save("deck.pptx")
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "a@example.org", "b@example.org", "the form"
    mail.set_content("It is attached.\n")
    mail.add_attachment(open("form.png", "rb").read(), maintype="image", subtype="png", filename="form.png")
    open("mail.eml", "wb").write(bytes(mail))
    # RTF with the same picture in hexadecimal digits.
    open("scan.rtf", "w").write("{\\rtf1\\ansi{\\pict\\pngblip\\picw1000\\pich640\n%s}}\n" % open("form.png", "rb").read().hex())


main()
