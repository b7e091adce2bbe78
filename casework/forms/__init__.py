"""The form that every form is made from, and the questions it may ask. Messages of a failed rule say what to do."""

from casework.forms.base import Asked, Form
from casework.forms.choice import Checkboxes, Confirm, Option, Radios, Select, YesNo
from casework.forms.dates import DateParts
from casework.forms.files import Files, with_files
from casework.forms.text import (
    Address,
    Code,
    Email,
    Hidden,
    Password,
    Phone,
    Postcode,
    Text,
    TimeOfDay,
    Whole,
    Words,
)

__all__ = [
    "Address",
    "Asked",
    "Checkboxes",
    "Code",
    "Confirm",
    "DateParts",
    "Email",
    "Files",
    "Form",
    "Hidden",
    "Option",
    "Password",
    "Phone",
    "Postcode",
    "Radios",
    "Select",
    "Text",
    "TimeOfDay",
    "Whole",
    "Words",
    "YesNo",
    "with_files",
]
