"""What the application asks, page by page. Each question is asked once, and not before its answer is used."""

from __future__ import annotations

from typing import Any

from casework.areas import queries as areas
from casework.drafting.journey import Page
from casework.forms import (
    Address,
    Checkboxes,
    Confirm,
    DateParts,
    Email,
    Form,
    Option,
    Phone,
    Postcode,
    Radios,
    Select,
    Text,
    Words,
    YesNo,
)
from casework.moments import today
from casework.rides.workflow import TEAMS
from casework.settings import service as settings

CONNECTIONS = {"live": "I live here", "work": "I work here", "study": "I study here"}
INTERESTS = {
    "resident": "I am a resident who wants to know more",
    "student": "I study or teach",
    "panel": "I am on a panel or monitoring group",
    "councillor": "I am a councillor or work for a council",
    "journalist": "I am a journalist",
    "joining": "I am thinking of joining the police",
    "searched": "I have been stopped and searched",
    "other": "Something else",
}
DAYS = {
    "mon": "Monday",
    "tue": "Tuesday",
    "wed": "Wednesday",
    "thu": "Thursday",
    "fri": "Friday",
    "sat": "Saturday",
    "sun": "Sunday",
}
SHIFTS = {"early": "Early: morning to afternoon", "late": "Late: afternoon to evening", "night": "Night"}
CHANNELS = {"email": "Email", "letter": "Letter", "phone": "Phone call"}


class AgeForm(Form):
    """When were you born? Decides whether somebody may apply yet."""

    born = DateParts(
        "What is your date of birth?", missing="Enter your date of birth", what="Date of birth", birthday=True,
        hint="For example, 27 3 1990. You must be old enough on the day of the ride, and we use it for our checks.",
    )  # fmt: skip


class ConnectionForm(Form):
    """The residence rule."""

    connections = Checkboxes(
        "Do you live, work or study in our area?",
        choices=[*CONNECTIONS.items(), Option("none", "None of these", alone=True)],
        missing="Choose how you are connected with our area, or “None of these”",
        hint="Choose all that apply.",
    )
    borough = Select(
        "Which borough is that?", hint="If it is several, choose where you live.", prompt="Choose a borough"
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.borough.choices = [(b.slug, b.name) for b in areas.boroughs()]

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if self.connections.data and self.connections.data != ["none"] and not self.borough.data:
            if not self.borough.errors:
                self.borough.fail("Choose a borough")
            return False
        return good


class BeforeForm(Form):
    """The frequency rule."""

    rode = YesNo("Have you been on a ride along before, here or with another police force?",
                 missing="Choose yes if you have been on a ride along before", yes_reveals=("rode_on", "rode_where"))  # fmt: skip
    rode_on = DateParts("When was the last one?", missing="Enter the date of your last ride", what="Date of your last ride",
                        past=True, hint="If you are not sure, enter your best guess.")  # fmt: skip
    rode_where = Text("Where was it? (optional)", max=200, what="Where it was")


class NameForm(Form):
    """One field takes any name."""

    name = Text("What is your full name?", missing="Enter your full name", what="Full name", autocomplete="name", spellcheck=False,
                hint="As it stands on the photo identity that you will show on the day.")  # fmt: skip


class ContactForm(Form):
    """How to reach somebody, and when it is safe to."""

    channel = Radios("How do you want to hear from us?", choices=[
        Option("email", "Email", reveals="email"),
        Option("letter", "Letter", hint="We post everything to you.", reveals=("address", "postcode")),
        Option("phone", "Phone call", hint="We call you whenever something happens."),
    ], missing="Choose how you want to hear from us")  # fmt: skip
    email = Email("Email address", missing="Enter an email address, like name@example.com")
    address = Address("Address", missing="Enter the address that we should write to")
    postcode = Postcode("Postcode", missing="Enter a postcode, like SW1A 1AA", abroad=True)
    phone = Phone("Phone number (optional, unless you chose phone calls)",
                  hint="We call if a ride is cancelled at short notice.")  # fmt: skip
    voicemail = Confirm("You may leave a message on my voicemail")
    safe_times = Text("When is it best to call, or when should we not? (optional)", max=200, what="When to call")

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if self.channel.data == "phone" and not self.phone.data and not self.phone.errors:
            self.phone.fail("Enter the phone number that we should call")
            return False
        return good


class AboutForm(Form):
    """Why somebody wants to ride along."""

    why = Words("Why do you want to ride along?", missing="Tell us why you want to ride along", what="Your answer", max=1500, rows=5,
                hint="A couple of sentences are enough. There is no right answer.")  # fmt: skip
    interests = Checkboxes("Which of these describe you? (optional)", choices=list(INTERESTS.items()),
                           hint="Choose all that apply. Being a journalist, or having been searched, is no reason for a refusal.")  # fmt: skip


class AreasForm(Form):
    """Where somebody would like to ride. Places to avoid are asked before a booking."""

    first = Select("First choice", missing="Choose where you would most like to ride", prompt="Choose an area")
    second = Select("Second choice (optional)", prompt="No second choice")
    third = Select("Third choice (optional)", prompt="No third choice")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        inside: dict[int | None, list[str]] = {}
        for borough in areas.boroughs():
            inside.setdefault(borough.parent_id, []).append(borough.name)
        options = [
            (b.slug, f"{b.name} ({', '.join(inside[b.id])})" if b.id in inside else b.name) for b in areas.bcus()
        ]
        for field in (self.first, self.second, self.third):
            field.choices = options


class TeamsForm(Form):
    """Which kind of team, ranked; none is guaranteed."""

    first = Radios("Which team would you most like to ride with?", missing="Choose a team, or “I do not mind”")
    second = Select("Second choice (optional)", prompt="No second choice")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(key, TEAMS.get(key, key.replace("-", " ").capitalize())) for key in settings.value("ride.teams")]
        self.first.choices = [*offered, Option("any", "I do not mind", alone=True)]
        self.second.choices = offered


class WhenForm(Form):
    """When somebody could come."""

    days = Checkboxes("Which days could you come?", choices=list(DAYS.items()), missing="Choose at least one day",
                      hint="Choose all that apply.", inline=True)  # fmt: skip
    shifts = Checkboxes("Which shifts could you come to?", choices=list(SHIFTS.items()), missing="Choose at least one shift",
                        hint="A shift can be eight hours or more. You may stop at any time.")  # fmt: skip
    earliest = DateParts("From when? (optional)", what="From when", hint="Leave it empty if any time will do.")
    latest = DateParts("Until when? (optional)", what="Until when")

    def validate(self, extra_validators: Any = None) -> bool:
        good = super().validate(extra_validators)
        if good and self.latest.data and self.latest.data < max(today(), self.earliest.data or today()):
            self.latest.fail("“Until when” must be a day in the future, and not before “from when”")
            return False
        return good


class NeedsForm(Form):
    """What somebody needs so that contact and the day work for them. Health is asked only before a booking."""

    contact_needs = Checkboxes("What do you need so that you can read or hear what we tell you? (optional)", choices=[
        ("large-print", "Large print"), ("easy-read", "Easy Read"), ("bsl", "British Sign Language"), ("braille", "Braille"), ("audio", "Audio"),
        ("relay", "Text relay instead of voice calls"), ("interpreter", "An interpreter or translation"),
    ])  # fmt: skip
    language = Text("If you need an interpreter or translation, which language? (optional)", max=100, what="Language")
    other = Text("Anything else, such as food that you cannot eat? (optional)", max=300, what="Anything else")


class HeardForm(Form):
    """For improving how the scheme is made known."""

    heard = Radios("How did you hear about ride along? (optional)", choices=[
        ("online", "Online or social media"), ("friend", "A friend or relative"), ("officer", "A police officer"),
        ("event", "A meeting or an event"), ("panel", "A panel or monitoring group"), ("school", "School, college or work"),
        ("press", "Newspaper, radio or television"), ("other", "Some other way"),
    ])  # fmt: skip


class ConsentForm(Form):
    """Agreement to be checked, with what that means said beside it."""

    agreed = Confirm("I understand that you will check police records about me before a ride",
                     missing="Tick the box if you agree to the checks. Without them we cannot offer a ride.")  # fmt: skip


PAGES = (
    Page("age", "Your date of birth", AgeForm, "Can you apply?"),
    Page("connection", "Your connection with our area", ConnectionForm, "Can you apply?"),
    Page("before", "Earlier rides", BeforeForm, "Can you apply?"),
    Page("name", "Your name", NameForm, "About you"),
    Page("contact", "How to reach you", ContactForm, "About you"),
    Page("about", "Why you want to ride along", AboutForm, "About you"),
    Page("areas", "Where you would like to ride", AreasForm, "Your ride"),
    Page("teams", "Which team", TeamsForm, "Your ride"),
    Page("when", "When you could come", WhenForm, "Your ride"),
    Page("needs", "What you need", NeedsForm, "Your ride"),
    Page("heard", "How you heard of us", HeardForm, "Your ride"),
    Page("consent", "Our checks", ConsentForm, "Your ride"),
)
BY_SLUG = {page.slug: page for page in PAGES}


class SaveForm(Form):
    """Where to send the link with which to come back."""

    email = Email("Where should we send the link?", missing="Enter an email address, like name@example.com")


class EqualityForm(Form):
    """Optional, unlinked. The categories are those of the Government Statistical Service (domain 5.6)."""

    sex = Radios("What is your sex?", choices=[("female", "Female"), ("male", "Male"), ("skip", "Prefer not to say")])
    age = Radios("How old are you?", choices=[("18-24", "18 to 24"), ("25-34", "25 to 34"), ("35-49", "35 to 49"),
                 ("50-64", "50 to 64"), ("65+", "65 or over"), ("skip", "Prefer not to say")])  # fmt: skip
    ethnicity = Radios("What is your ethnic group?", choices=[
        ("asian", "Asian or Asian British"), ("black", "Black, African, Caribbean or Black British"),
        ("mixed", "Mixed or multiple ethnic groups"), ("white", "White"), ("other", "Another ethnic group"), ("skip", "Prefer not to say"),
    ])  # fmt: skip
    disability = Radios("Do you have a physical or mental health condition that has lasted, or will last, 12 months or more?",
                        choices=[("yes", "Yes"), ("no", "No"), ("skip", "Prefer not to say")])  # fmt: skip
    religion = Radios("What is your religion?", choices=[
        ("none", "No religion"), ("christian", "Christian"), ("buddhist", "Buddhist"), ("hindu", "Hindu"), ("jewish", "Jewish"),
        ("muslim", "Muslim"), ("sikh", "Sikh"), ("other", "Another religion"), ("skip", "Prefer not to say"),
    ])  # fmt: skip
    orientation = Radios("Which of these best describes your sexual orientation?", choices=[
        ("straight", "Heterosexual or straight"), ("gay", "Gay or lesbian"), ("bisexual", "Bisexual"), ("other", "Other"),
        ("skip", "Prefer not to say"),
    ])  # fmt: skip


class TellMeForm(Form):
    """Where to say that the scheme opens."""

    email = Email("Email address", missing="Enter an email address, like name@example.com")
