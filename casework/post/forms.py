"""What the post room is asked. A label is the question; a message says what to do."""

from __future__ import annotations

from datetime import timedelta

from casework.areas import queries as areas
from casework.forms import (
    Address,
    Checkboxes,
    Code,
    Confirm,
    DateParts,
    Files,
    Form,
    Hidden,
    Option,
    Postcode,
    Radios,
    Select,
    Text,
    Whole,
    Words,
)
from casework.moments import today
from casework.post import opening
from casework.post.answers import LONGEST
from casework.post.indexing import Indexed
from casework.post.service import MOST
from casework.post.workflow import EXCEPTIONS, KINDS, WANTED

# So old a tray may be when it is opened.
OLDEST = timedelta(days=60)


class OpenForm(Form):
    """A tray of a day."""

    key = Hidden(max=40)
    tray = Text("Which tray?", missing="Enter the tray", what="The tray", max=40, width=10, hint="As it is marked.")
    arrived_on = DateParts(
        "On which day did it arrive?",
        missing="Enter the day on which it arrived",
        what="The day",
        latest=today,
        earliest=lambda: today() - OLDEST,
        hint="The day that is stamped on the envelopes. Every date of everybody who wrote counts from it.",
    )
    envelopes = Whole(
        "How many envelopes are in it?",
        missing="Enter how many envelopes there are",
        what="The number of envelopes",
        least=0,
        most=MOST,
        hint="Count them before you open them.",
    )
    area_id = Select("For which area is this post room?", prompt="For the whole force")


class AddForm(Form):
    """Further envelopes."""

    number = Whole("How many more envelopes?", missing="Enter how many", what="The number", least=1, most=MOST)


class ScansForm(Form):
    """Files of the scanner."""

    files = Files(
        "Add files from the scanner", hint="PDF, TIFF, JPG or PNG. You can choose many at once.", accept=opening.ACCEPT
    )


class PagesForm(Form):
    """Where pages go."""

    number = Text("Number of the item", max=6, what="The number", width=4)


class RecountForm(Form):
    """A corrected count."""

    envelopes = Whole(
        "How many envelopes are there?", missing="Enter how many there are", what="The number", least=0, most=MOST
    )
    note = Text("Why?", missing="Say why the count was wrong", what="The reason", max=400)


class DayForm(Form):
    """A corrected day of arrival."""

    arrived_on = DateParts(
        "On which day did it arrive?",
        missing="Enter the day on which it arrived",
        what="The day",
        latest=today,
        earliest=lambda: today() - OLDEST,
    )
    note = Text("Why?", missing="Say why the day was wrong", what="The reason", max=400)


class ReasonForm(Form):
    """Why."""

    note = Text("Why?", missing="Say why", what="The reason", max=400)


class IndexForm(Form):
    """What a letter is and whom it is from, as it stands there."""

    token = Hidden(max=40)
    seen = Hidden(max=2000)  # the cases that were shown as perhaps the same matter
    kind = Radios(
        "What is it?",
        missing="Choose what it is",
        choices=[Option(code, words) for code, words in KINDS.items() if code not in {"answer", "other"}],
    )
    name = Text("Name of the sender, as written (optional)", max=200, what="The name", spellcheck=False)
    address = Address("Address of the sender, as written (optional)")
    postcode = Postcode("Postcode (optional)", abroad=True)
    borough_id = Select("Borough, if it can be read (optional)", prompt="It does not say")
    wishes = Checkboxes(
        "What else do you see? (optional)",
        choices=[
            ("not_home", "“Not to my home”: they must not be written to there"),
            ("large_print", "They ask for large print"),
            ("for_other", "They write for somebody else"),
            ("later", "They ask to be reached in another way than by letter"),
        ],
    )

    def offer(self) -> None:
        """Set what can be chosen."""
        self.borough_id.choices = [(area.id, area.name) for area in areas.boroughs()]

    def indexed(self, form: str = "") -> Indexed:
        """What was read."""
        borough = areas.by_id(int(self.borough_id.data)) if self.borough_id.data else None
        wishes = set(self.wishes.data or ())
        return Indexed(
            kind=str(self.kind.data or ""),
            name=self.name.data or "",
            address=self.address.data or "",
            postcode=self.postcode.data or "",
            borough_id=borough.id if borough else None,
            area_id=borough.parent_id if borough else None,
            not_home="not_home" in wishes,
            large_print="large_print" in wishes,
            for_other="for_other" in wishes,
            later="later" in wishes or "not_home" in wishes,
            form=form,
        )


class AttachForm(Form):
    """A case that is there, by the reference on the paper."""

    token = Hidden(max=40)
    reference = Code(
        "Reference on the paper",
        missing="Enter the reference, like FB-7K4M-Q2XT-9",
        hint="It stands on our letters. A slip in it is noticed.",
    )


class AnswerForm(Form):
    """What a letter says that belongs to a case."""

    token = Hidden(max=40)
    said = Radios("What does it say?", missing="Choose what the letter says")
    words = Words(
        "Their words (optional)",
        what="Their words",
        max=LONGEST,
        rows=6,
        count=False,
        hint="Word for word as far as you can; the pages are with the case. Leave it empty for a tick or a signature.",
    )


class AsideForm(Form):
    """Why something is not simply read."""

    token = Hidden(max=40)
    exception = Radios(
        "What is the matter?",
        choices=[Option(code, words) for code, words in EXCEPTIONS.items() if code != "returned-mail"],
        missing="Choose what is the matter",
    )
    note = Text("What should the supervisor know? (optional)", max=400, what="The note")


class ForwardForm(Form):
    """Where something goes that is not for us."""

    body = Text("To which body does it go?", missing="Enter the name of the body", what="The name", max=120)
    name = Text("Name of the sender, as written (optional)", max=200, what="The name", spellcheck=False)
    address = Address("Address of the sender, as written (optional)")


class SenderForm(Form):
    """What the sender is asked for."""

    wanted = Checkboxes(
        "What is missing, or cannot be read?",
        choices=list(WANTED.items()),
        missing="Choose what is missing",
    )


class CameBackForm(Form):
    """Which letter of ours came back."""

    token = Hidden(max=40)
    reference = Code("Reference on our letter", missing="Enter the reference, like FB-7K4M-Q2XT-9")
    letter = Radios("Which letter?", missing="Choose the letter that came back")
    note = Text("What does the envelope say? (optional)", max=200, what="The note", hint="For example: gone away.")


class DestroyForm(Form):
    """Which paper was destroyed."""

    items = Checkboxes("Which paper did you destroy?", missing="Choose what you destroyed")
    sure = Confirm("I have destroyed it as confidential waste", missing="Confirm that it is destroyed")
