"""What some tests cannot do without. `.ci/run` installs it, and fails where a test was skipped all the same."""

from __future__ import annotations

import pytest

from casework.printing import document

pango = pytest.mark.skipif(bool(document.missing()), reason="Debian's pango is not installed")
