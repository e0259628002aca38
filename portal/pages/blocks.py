"""Blocks of which pages are composed. Every block has an id for life (Wagtail's own), which is also its anchor."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from wagtail import blocks
from wagtail.contrib.typed_table_block.blocks import TypedTableBlock
from wagtail.documents.blocks import DocumentChooserBlock
from wagtail.images.blocks import ImageChooserBlock

RICH_TEXT = ["bold", "italic", "code", "link", "document-link", "ol", "ul", "superscript", "subscript"]
FILM_EXTENSIONS = {"mp4", "webm"}


class HeadingBlock(blocks.CharBlock):
    """A section heading; the table of contents is made of them."""

    class Meta:
        icon = "title"
        label = _("Heading")
        template = "pages/blocks/heading.html"


class ParagraphBlock(blocks.RichTextBlock):
    """Running text."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(features=RICH_TEXT, **kwargs)

    class Meta:
        icon = "pilcrow"
        label = _("Text")
        template = "pages/blocks/paragraph.html"


class FigureBlock(blocks.StructBlock):
    """A picture with what it shows (for those who cannot see it) and a caption."""

    image = ImageChooserBlock(label=_("Picture"))
    alt = blocks.CharBlock(
        label=pgettext_lazy("picture", "Description"),
        max_length=250,
        help_text=_("What the picture shows, for readers who cannot see it."),
    )
    caption = blocks.CharBlock(label=_("Caption"), required=False, max_length=250)

    class Meta:
        icon = "image"
        label = _("Figure")
        template = "pages/blocks/figure.html"


class FilmChooserBlock(DocumentChooserBlock):
    """An uploaded film."""

    def clean(self, value: Any) -> Any:
        """Only films that every browser plays."""
        document = super().clean(value)
        if document is not None and document.file_extension.lower() not in FILM_EXTENSIONS:
            raise ValidationError(_("Choose an .mp4 or .webm file."))
        return document


class VideoBlock(blocks.StructBlock):
    """A film of this site's own files, with its words."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    film = FilmChooserBlock(label=_("Film"))
    transcript = blocks.TextBlock(
        label=_("Transcript"), required=False, help_text=_("Everything that is said, for readers who cannot hear it.")
    )

    class Meta:
        icon = "media"
        label = _("Video")
        template = "pages/blocks/video.html"


class AttachmentBlock(blocks.StructBlock):
    """A file to take away."""

    title = blocks.CharBlock(label=_("Title"), max_length=120)
    document = DocumentChooserBlock(label=_("File"))

    class Meta:
        icon = "doc-full"
        label = _("Attachment")
        template = "pages/blocks/attachment.html"


class CalloutBlock(blocks.StructBlock):
    """Something to notice beside the running text."""

    kind = blocks.ChoiceBlock(label=_("Kind"), choices=[("note", _("Note")), ("warning", _("Caution"))], default="note")
    title = blocks.CharBlock(label=_("Title"), required=False, max_length=80)
    text = blocks.RichTextBlock(label=_("Text"), features=RICH_TEXT)

    class Meta:
        icon = "info-circle"
        label = _("Callout")
        template = "pages/blocks/callout.html"


class CodeBlock(blocks.StructBlock):
    """Program text, shown as written."""

    language = blocks.ChoiceBlock(
        label=_("Language"), choices=[("python", "Python"), ("sql", "SQL"), ("text", _("Plain text"))], default="python"
    )
    code = blocks.TextBlock(label=_("Code"), rows=8)

    class Meta:
        icon = "code"
        label = _("Code")
        template = "pages/blocks/code.html"


class QuoteBlock(blocks.StructBlock):
    """Words of somebody else, with their source."""

    text = blocks.TextBlock(label=_("Quotation"), rows=3)
    source = blocks.CharBlock(label=_("Source"), max_length=160)

    class Meta:
        icon = "openquote"
        label = _("Quotation")
        template = "pages/blocks/quote.html"


class TableBlock(TypedTableBlock):
    """A table; wide ones scroll inside their frame."""

    text = blocks.CharBlock(label=_("Text"), required=False)
    number = blocks.FloatBlock(label=_("Number"), required=False)

    class Meta:
        icon = "table"
        label = _("Table")
        template = "pages/blocks/table.html"


class BodyBlock(blocks.StreamBlock):
    """The body of an ordinary page."""

    heading = HeadingBlock()
    paragraph = ParagraphBlock()
    figure = FigureBlock()
    video = VideoBlock()
    attachment = AttachmentBlock()
    callout = CalloutBlock()
    table = TableBlock()
    code = CodeBlock()
    quote = QuoteBlock()


class PersonBlock(blocks.StructBlock):
    """A person as the site presents him or her."""

    name = blocks.CharBlock(label=pgettext_lazy("person", "Name"), max_length=80)
    title = blocks.CharBlock(label=_("Post and title"), max_length=120)
    organization = blocks.CharBlock(label=_("Organization"), required=False, max_length=120)
    portrait = ImageChooserBlock(label=_("Portrait"), required=False)
    biography = blocks.RichTextBlock(label=_("Introduction"), features=["bold", "link"], required=False)

    class Meta:
        icon = "user"
        label = _("Person")
        template = "pages/blocks/person.html"
