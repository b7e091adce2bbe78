import threading, pytest
from datetime import timedelta
from pathlib import Path
from werkzeug.serving import make_server
from playwright.sync_api import sync_playwright
from tests import sayings, factories
from tests.desks import at_the_desk
from casework.cases import service as cases
from casework.cases.models import Note
from casework.moments import now
from casework.extensions import db
from casework.exchanges import canned, service as talk
from casework.feedback.service import Person
from tests.pages.test_browser import CHROMIUM, FLAGS
from tests.journeys import eyes
OUT=Path("/tmp/h/desk-shots"); OUT.mkdir(exist_ok=True)
def test_probe(app, cast, demo_mode):
    canned.ensure_defaults()
    t=now()-timedelta(days=3)
    fb=sayings.concern(at=t,receipt="SR-2026-118204", vehicle="Marked van, BX21 …", officers="One had 4471 on the shoulder; the other was tall with a grey beard", witnesses="My sister Ada, who was with me", effect="I was late for work and everybody in the street looked at me. I do not go past the library any more.", wish="I want to know why they chose me, and somebody to say sorry.", panel="yes",
      what="Two officers stopped me outside the library and searched my bag. They did not say why.\n\nOne of them said I looked nervous. I asked for a paper about it and they said that there was no time. It was raining and they left my things on the wet pavement.",
      person=Person(name="Chidi Abara", email="chidi@example.org", phone="020 7946 0021", born_on=__import__("datetime").date(1991,5,4), safe_times="weekdays after six", adjustments={"contact_needs":["do-not-write-to-my-home"],"language":"Igbo"}))
    cases.perform(fb,"take_up",cast.triage,at=t+timedelta(hours=1),sort="concern")
    cases.assign(fb,cast.account("triage").id,cast.triage)
    cases.perform(fb,"ask",cast.triage,at=t+timedelta(hours=2),private={"words":"Do you remember on which side of the street it was, and whether the officers had a camera on?"})
    cases.perform(fb,"answer",sayings.person_of(fb),at=t+timedelta(hours=30),private={"words":"It was on the side of the bus stop. Yes, a red light was on."})
    db.session.add(Note(case_id=fb.id,at=now(),account_id=cast.account("handler").id,words="Spoke to the shift: they have the footage of van 7."))
    talk.be_present(fb.id,cast.account("handler").id)
    talk.keep_unsent(fb.id,cast.account("handler").id,"Thank you for your answer. We have looked at the record of the search")
    db.session.commit()
    ref=fb.reference
    server=make_server("127.0.0.1",0,app,threaded=True)
    threading.Thread(target=server.serve_forever,daemon=True).start()
    base=f"http://127.0.0.1:{server.port}"
    axe=(eyes.AXE).read_text()
    with sync_playwright() as p:
        b=p.chromium.launch(executable_path=CHROMIUM,args=FLAGS)
        for w in (320,1280):
            g=b.new_context(viewport={"width":w,"height":900},bypass_csp=True).new_page()
            g.on("console",lambda m:print("CONSOLE",m.text)); g.on("pageerror",lambda m:print("ERR",m))
            g.goto(base+"/staff/sign-in"); g.fill("input[name=email]","triage@force.example"); g.fill("input[name=password]",factories.PASSWORD); g.click("main button[type=submit]")
            def look(name):
                g.screenshot(path=f"{OUT}/{name}-{w}.png",full_page=True)
                wide=g.evaluate("[document.documentElement.scrollWidth,document.documentElement.clientWidth]")
                if wide[0]>wide[1]: print(g.evaluate("[...document.querySelectorAll('main *')].filter(e=>e.getBoundingClientRect().right>325).map(e=>e.tagName+'.'+e.className+'#'+e.id+' '+Math.round(e.getBoundingClientRect().right)).slice(0,8)"))
                g.evaluate(axe)
                found=g.evaluate("axe.run(document,{runOnly:['wcag2a','wcag2aa','wcag21a','wcag21aa','wcag22aa','best-practice'],rules:{'target-size':{enabled:true}}})")["violations"]
                print(name,w,wide,[(v["id"],[n["html"][:160] for n in v["nodes"]][:3]) for v in found])
            for name,u in (("case",f"/staff/cases/{ref}"),("reply",f"/staff/cases/{ref}/reply"),("facts",f"/staff/cases/{ref}/facts"),("contact",f"/staff/cases/{ref}/contact"),("footage","/staff/footage"),("sort",f"/staff/feedback/{ref}/sort"),("merge",f"/staff/feedback/{ref}/merge")):
                g.goto(base+u); look(name)
            g.goto(base+f"/staff/cases/{ref}/reply")
            g.select_option("#canned","learned-from-it"); g.click("text=Put it in"); look("filled")
            g.fill("#words","Thank you for your answer. We found the search record and the footage.\n\nThe officers should have told you why they searched you, and they did not. We are sorry."); g.wait_for_timeout(2000)
            g.click("button.govuk-button:has-text('See it as they will')"); look("preview")
            print(g.evaluate("document.activeElement.id"))
        b.close()
    server.shutdown()
