"""What made-up people write: reasons, questions, answers, feedback."""

from __future__ import annotations

WHYS = (
    "I want to see how searches are really done, and how people are spoken to.",
    "My son was stopped twice last year. I would like to understand what officers look for.",
    "I chair our residents’ association and get asked about policing every week.",
    "I study criminology and have only ever read about this.",
    "I was searched myself in March and it was polite, but I never understood why.",
    "I am thinking of joining and want an honest look first.",
    "I work nights at the hospital and see the other end of what the police see.",
    "Our youth club talks about stop and search a lot. I should know more than the young people do!",
    "I sit on the community monitoring group and have only seen it on video.",
    "Curiosity. I pay for it, so I want to see it.",
    "我想了解警察在社区里是怎样工作的。",
    "أريد أن أفهم كيف تعمل الشرطة في منطقتنا.",
    "I complained about a search some years ago and was invited to see a shift. I would like to take that up now.",
)
QUESTIONS = (
    (
        "Which evenings could you do in the next two months?",
        "Thursdays and Fridays, any week but the first of the month.",
    ),
    ("You wrote that you work here. Which borough is that in?", "At the market, so in the borough I ticked."),
    (
        "Could you send us another number? This one does not connect.",
        "Sorry, two digits were swapped. I have corrected it.",
    ),
)
CHECK_QUESTION = (
    "Please tell us where you lived between May and August four years ago.",
    "With my aunt, I will give the address.",
)
FINDINGS = (
    "Named in an open investigation; details with the officer in the case.",
    "A conviction eleven years ago, spent.",
    "Address history cannot be confirmed for two of five years.",
)
GOOD = (
    "Very open crew. I saw one search and the officer explained every step to the man and then to me.",
    "No search that night, but five hours of people being glad somebody came. Thank you.",
    "Better than any leaflet. I would tell anybody to apply.",
    "Long, and mostly driving. I learned more from the talk in the car than from the calls.",
    "The briefing was clear and I felt looked after.",
    "I still have questions about the second search, but they were answered straight.",
    "",
)
BAD = (
    "The second search felt rude and rushed: nobody told the boy why he was stopped.",
    "I did not feel safe in the car and nobody asked whether I wanted to stop.",
    "One officer swore at a man who had done nothing I could see. I want somebody to look at that.",
)
REMARKS = ("", "", "Quiet shift.", "Rider asked good questions.", "One arrest, rider stayed in the car.")
NOTES = (
    "Rang, no answer, will try on Thursday.",
    "Would rather not ride at weekends.",
    "Interpreter not needed after all.",
    "Two places fit, see the schedule for next month.",
)
