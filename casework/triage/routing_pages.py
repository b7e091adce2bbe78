"""The pages on which supervisors change the routing rules of their areas, and see what they would have done."""

from __future__ import annotations

from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from casework.accounts import queries as accounts
from casework.accounts.door import current, staff
from casework.areas import queries as areas
from casework.cases import clashes, registry, sight, tags
from casework.extensions import db
from casework.feedback.workflow import SORTS
from casework.forms import Select, Text, Words
from casework.history import service as history
from casework.roles import Role
from casework.triage import routing, workers
from casework.triage.many import bp
from casework.triage.models import RoutingRule

EVERYWHERE = "everywhere"


class RuleForm(clashes.Decision):
    """A rule: what fits, and where it goes."""

    name = Text("Name of the rule", missing="Enter a name for the rule", max=80, what="The name")
    area = Select("Where the encounter was", missing="Choose where")
    kind = Select("Kind", prompt="Any", choices=list(routing.KINDS.items()))
    sort = Select("What the person said that it is", prompt="Any", choices=list(SORTS.items()))
    words = Words("Any of these words or phrases", max=500, rows=2, count=False, what="The words",
                  hint="Divide them by commas. Leave it empty where the words do not matter.")  # fmt: skip
    to = Select("Give it to", prompt="Nobody")
    tag = Text("Add the tag", max=tags.LONGEST, width=20, what="The tag")

    def validate(self, extra_validators: Any = None) -> bool:
        if not super().validate(extra_validators):
            return False
        if self.to.data is None and not tags.clean(self.tag.data or ""):
            self.to.fail("Choose somebody, or enter a tag")
            return False
        if self.words.data and not routing.phrases(self.words.data):
            self.words.fail("Enter words of letters or figures, divided by commas")
            return False
        return True

    def values(self) -> dict[str, Any]:
        """The columns of a rule that this gives."""
        return {
            "name": self.name.data,
            "area_id": None if self.area.data == EVERYWHERE else self.area.data,
            "kind": self.kind.data or "",
            "sort": self.sort.data or "",
            "words": self.words.data or "",
            "to_account_id": self.to.data,
            "tag": tags.clean(self.tag.data or ""),
        }


@bp.route("/routing", methods=["GET", "POST"])
@staff(Role.SUPERVISOR)
def routing_rules() -> ResponseReturnValue:
    """The rules of one's areas in their order, and the form for a new one."""
    form = _form(RoutingRule(version=0))
    if form.validate_on_submit():
        routing.keep(RoutingRule(active=True), current.actor, **form.values())
        db.session.commit()
        flash("The rule is in force for what comes in from now on.")
        return redirect(url_for("desk.routing_rules"), 303)
    rules = _mine()
    return render_template(
        "triage/routing.html",
        form=form,
        rules=rules,
        names=accounts.names_of(each.to_account_id for each in rules if each.to_account_id),
        area_words=routing.area_words,
        kinds=routing.KINDS,
        sorts=SORTS,
    ), 400 if form.is_submitted() else 200


@bp.route("/routing/<int:rule_id>", methods=["GET", "POST"])
@staff(Role.SUPERVISOR)
def rule(rule_id: int) -> ResponseReturnValue:
    """Change a rule."""
    found = _found(rule_id)
    form = _form(found)
    sheet = clashes.Sheet("triage/rule.html", form, rule=found)
    if not form.validate_on_submit():
        return sheet.shown()
    db.session.refresh(found, with_for_update=True)
    if form.version.data != str(found.version):
        form.form_errors.append("Somebody changed this rule just now. Nothing of yours was saved. Look at it again.")
        form.version.raw_data = [str(found.version)]
        return sheet.render(), 409
    routing.keep(found, current.actor, **form.values())
    db.session.commit()
    flash("The rule is changed.")
    return redirect(url_for("desk.routing_rules"), 303)


@bp.post("/routing/<int:rule_id>/<any(up, down, on, off, delete):what>")
@staff(Role.SUPERVISOR)
def change_rule(rule_id: int, what: str) -> ResponseReturnValue:
    """Move a rule, put it in or out of force, or delete it."""
    found = _found(rule_id)
    db.session.refresh(found, with_for_update=True)
    if what in ("up", "down"):
        routing.move(found, what == "up", _mine(), current.actor)
    elif what == "delete":
        routing.forget(found, current.actor)
    elif found.active != (what == "on"):
        routing.keep(found, current.actor, active=what == "on")
    db.session.commit()
    return redirect(url_for("desk.routing_rules"), 303)


@bp.get("/routing/dry-run")
@staff(Role.SUPERVISOR)
def dry_run() -> ResponseReturnValue:
    """Where the cases of the last month would have gone by the rules, one's own that are not in force included."""
    mine = {each.id for each in _mine()}
    rules = [each for each in routing.in_order() if each.active or each.id in mine]
    tried = routing.dry_run(rules, sight.scope())
    history.record_access(current.actor, "routing")
    db.session.commit()
    return render_template(
        "triage/dry_run.html",
        tried=tried,
        names=accounts.names_of(each.to_account_id for each in rules if each.to_account_id),
        total=sum(each.count for each in tried),
        MOST=routing.MOST,
        days=routing.BACK.days,
    )


def _found(rule_id: int) -> RoutingRule:
    found = db.session.get(RoutingRule, rule_id)
    if found is None or not routing.editable(found, current.area_ids, current.force_wide):
        abort(404)
    return found


def _mine() -> list[RoutingRule]:
    return routing.within(current.area_ids, current.force_wide)


def _form(found: RoutingRule) -> RuleForm:
    start = {
        "name": found.name,
        "area": found.area_id or (EVERYWHERE if found.name else None),
        "kind": found.kind or None,
        "sort": found.sort or None,
        "words": found.words,
        "to": found.to_account_id,
        "tag": found.tag,
        "version": found.version,
    }
    form = RuleForm(data=start)
    here = [area for area in areas.everything() if area.id in current.area_ids and area.kind in ("bcu", "borough")]
    here.sort(key=lambda area: (area.kind != "bcu", area.name))
    words = {"bcu": "", "borough": " (borough)"}
    form.area.choices = [
        *([(EVERYWHERE, "Everywhere")] if current.force_wide else []),
        *((area.id, area.name + words[area.kind]) for area in here),
    ]
    roles = {role for kind in routing.KINDS for role in registry.named(kind).workers}
    form.to.choices = workers.within(roles, current.area_ids)
    return form
