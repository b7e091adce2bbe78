"""What made-up people write about encounters, and what staff write back. `{place}` and `{when}` are filled in."""

from __future__ import annotations

from dataclasses import dataclass

PLACES = (
    "outside Tidemill library", "the bus stop on Osier Road", "Saltmarsh Gardens, by the swings", "the High Street, near the bakery",
    "Heron Lane, behind the flats", "the station forecourt", "Lock Street car park", "the corner of Weir Road and Reed Walk",
    "the leisure centre", "Barge Court estate, second entrance", "the towpath by the footbridge", "Ferryman’s Close",
    "the market on Wharf Street", "outside the sixth-form college", "the retail park", "the mosque on Reed Street",
)  # fmt: skip
TIMES = (
    "about nine in the evening", "just after school, half past three", "early, before eight", "around midnight", "about noon",
    "six-ish, it was getting dark", "twenty past five", "late, maybe eleven", "",
)  # fmt: skip
OFFICERS = (
    "Two officers in uniform, a man and a woman", "Three officers, one with a beard", "An older officer and a very young one",
    "Two in plain clothes with their warrant cards out", "A sergeant and two others", "One officer, polite, Scottish", "", "",
)  # fmt: skip
VEHICLES = ("A marked van", "A marked estate car", "An unmarked grey car", "They were on foot", "Two bicycles", "", "")
WITNESSES = (
    "",
    "",
    "",
    "My cousin was with me and saw all of it.",
    "The man in the phone shop came to his door.",
    "A lady filmed it, I do not know her.",
)
EVIDENCE = (
    "",
    "",
    "",
    "I have a short video.",
    "I still have the receipt.",
    "There is a camera on the corner of the building.",
)

# fmt: off
THANKS = (
    "I was searched at {place} {when} and I just want to say it was done properly. The officer told me why, showed me the card and wished me a good night.",
    "Your officers helped my mother at {place} when she had fallen. They stayed until the ambulance came and one of them held her hand the whole time.",
    "Stopped on my way home, {place}. It was over in four minutes and I was called sir all through. Please tell them, nobody ever does.",
    "Thank you to the two officers who spoke to my lads at {place}. They explained what they were looking for and why. The boys came home talking about it, not angry about it.",
    "An officer gave me a receipt without being asked and explained how to get the record. That is how it should be.",
    "I am deaf. The officer who stopped me at {place} turned to face me, wrote things down and did not hurry me. First time ever.",
    "I was wrongly matched to a description. The sergeant said sorry and meant it. I would like her to know that I noticed.",
    "They found my daughter’s bike at {place} and brought it back themselves. She drew a picture for them, how can I send it?",
    "A difficult night at {place} and your officers kept everybody calm, including the man they had to arrest.",
)
COMMENTS = (
    "There seem to be more searches around {place} since the summer. Could you say somewhere how many, and what was found?",
    "I saw a search at {place} {when}. It was calm, but there were six officers around one boy. From the outside it looks like a lot.",
    "The leaflet that I was given is too small to read. My eyes are not bad, I am 43.",
    "You should tell people that the receipt has a number on it that they can use online. I only found out by accident.",
    "I run the café near {place}. When there is a search outside, people stop coming in. I do not say do not do it. Perhaps a few metres further?",
    "It would help if officers said their names first. At {place} I only heard the surname and only after I asked.",
    "I work with young people at {place}. They say the talk matters more than the search. I think that is worth knowing.",
    "Body cameras should have a light that one can see from the side.",
    "I would like to see the panel’s reviews for our borough written in plain English.",
)
CONCERNS = (
    "I was stopped at {place} {when} and searched. Nobody told me what they were looking for. When I asked, I was told to calm down, and I was calm.",
    "They searched my son at {place}. He is fifteen. No one asked how old he was and no one rang me. He has been quiet since.",
    "This is the third time in two months at {place}. Each time nothing is found and each time I get a different reason.",
    "Two officers stopped me {when} at {place} because I ‘looked nervous’. I was late for work. They kept me for twenty-five minutes.",
    "I was asked to take off my coat and my jumper in the street at {place}. It was February and people were looking.",
    "I watched a search at {place}. One officer laughed while the other had his hands in the man’s pockets. I found that hard to watch.",
    "I did not get a receipt. They said it would come by email and it has not.",
    "They emptied my bag on the wet ground at {place}. My notes for an exam were in it.",
    "The officer said that there was a description. A tall man. I am five foot four.",
    "I was handcuffed before anybody had said a word to me, {place}, {when}. They came off again after ten minutes with no explanation.",
    "My Sikh neighbour was searched outside his own front door at {place} and was told to take off his turban in the street.",
    "I am a carer and had medicines with me that are not mine. I said so, with the letter in my hand. It was not read.",
)
QUESTIONS = (
    "How long do you keep the record of a search, and can I have a copy of mine? It was at {place}.",
    "Do I have to give my name when I am searched? The officer at {place} said yes.",
    "Is a search on my record now? I have a job interview with the council.",
    "I was stopped in my car at {place} and not searched. Am I due a receipt for that?",
    "Was there an order in place for searching everybody at {place} that weekend? Where is that published?",
    "Can my son have somebody with him if he is searched again? He is 17.",
    "Who decides which streets are searched? I live at {place} and it feels as if it is always ours.",
)
ELSEWHERE = (
    ("The British Transport Police stopped me on the platform and I want to talk to somebody about it.", "British Transport Police"),
    ("I was searched by door staff at a club at {place}. They said that they work with you.", "Security Industry Authority"),
    ("Officers of the City of London Police stopped me on the bridge. I am told you are not them?", "City of London Police"),
    ("My parking fine from {place} is wrong, the machine was broken.", "the borough council"),
)
SPAM = (
    "CHEAP WINDOWS AND DOORS we fit in one week call now for a free quote",
    "Hi dear webmaster, we can bring your site to page one of all search engines, first month free.",
    "asdf asdf test test test",
    "Congratulations! You have been selected for a business loan at 0.9%.",
)
EFFECTS = ("", "", "I have not gone that way since.", "I slept badly for a week.", "I missed my train and half a shift.", "My little sister was with me and cried.", "I felt small.")
WISHES = ("", "An apology.", "I want to know why.", "That somebody talks to the officer.", "I want it on record.", "That it does not happen to the next person.", "To see the footage.")
MORE = (
    "I have remembered the number on the shoulder: I am fairly sure it ended in 41.",
    "Thank you for answering. One thing is still not clear to me: why was I not given the receipt there and then?",
    "I forgot to say that my friend was with me. He is happy to be contacted.",
    "Sorry for the late answer. Yes, that is the right day and the right street.",
    "I found the receipt in my other coat. The number is on the back.",
)
NOTES = (
    "Record found, times match. Footage asked for.", "Rang twice, prefers the evening.", "Same street as two others this month.",
    "Spoke with the sergeant of the day: remembers it.", "Panel consent given, keep for the next meeting.",
)

# What staff write.
ASKING = (
    "So that we find the right record: do you remember the day, and roughly the time?",
    "Did you get a receipt? If you have it, please tell us the number on it.",
    "You wrote that there was a second officer. Can you describe what the second one did?",
)
REPLIES = {
    "thanks": ("Thank you for taking the time to write. Your words have gone to the officers’ supervisor, who will tell them in person.",),
    "comment": (
        "Thank you for telling us. What you describe goes, without your name, to those who plan searches in your area and to the community monitoring group.",
        "Thank you. You are not the first to say so, and it will be on the list for the next print of the leaflet.",
        "We publish the number of searches for each borough every month, with what was found. The next ones come out on the first Tuesday.",
    ),
    "question": (
        "You can have a copy of the record for a year after the search, free of charge. Give us the number on your receipt; without it, day, time and place are enough.",
        "You do not have to give your name or address because of a search. Being searched is not an arrest and is not on your record.",
        "A stop of a vehicle without a search is recorded as well and you can ask for a copy at any police station. We have sent you the form.",
        "An order under section 60 has to be written down with its reasons. The one for that weekend is on our website under your borough.",
    ),
    "concern": (
        "We have read the record and watched the footage. The reason for the search was written down, but it was not said to you in words that anybody could understand. The officer has been spoken with. We are sorry.",
        "The footage shows that you were asked to take off more than an outer coat. In the street that is not allowed. The officer’s sergeant has taken it up with the whole team.",
        "We looked at the record and the footage. The description fitted and the search was lawful. It was brusque, and we have told the officer how it came across.",
        "The receipt was written and never sent, because the address had a typing mistake. It comes with this message. We are sorry for the wait.",
        "We have found the record. What was done with your bag should not have been done like that, and the team has heard so.",
    ),
}
UPDATES = (
    "The footage has been asked for and I am watching it this week. I have also asked for the record of the search.",
    "I have spoken with the first of the two officers. The second is on leave until the 20th and I will speak with him then.",
    "I have been to the place with your account in hand, at the same time of day, and have asked about the camera at the corner.",
    "I am waiting for the statement of the officer who wrote the record. I have reminded them and set a date.",
    "I have all the accounts now and am writing my report. You will have the outcome after somebody else has checked it.",
)
NOTHING_NEW = "Nothing new to report, and I did not want you to wait without a word. You will hear from me again within four weeks at the latest."
DELAY = "It has taken twelve months because a connected criminal case had to be decided first. It was decided in the autumn; we expect to finish within eight weeks."
CONTACTS = (
    "Wants to know why, mainly. Content to be written to.", "Upset, wants it formal. Explained both ways; chose Schedule 3.",
    "Would be content with a talk and an apology.", "Best after six. Speaks for the whole family.",
)
OUTCOMES = {
    "good": "We watched the footage of both officers, read the record and spoke with everybody concerned. What was done was lawful, and the reasons were recorded at the time. We understand that it did not feel like that, and say below what the officers will do differently in how they explain a search.",
    "bad": "We watched the footage of both officers, read the record and spoke with everybody concerned. You were right. The grounds as they are recorded do not support a search, and nobody told you what was being looked for. We apologise. What follows from it stands below.",
    "unclear": "The footage had been overwritten before anybody asked for it, and the accounts differ. We cannot say which of them is right. That is our fault and not yours, and we have changed how quickly footage is asked for.",
    "outside": "We spoke on the telephone about what happened and what you would like. The sergeant has talked with the officer and has written to you. You told us that this settles it.",
    "outside-no": "We spoke on the telephone about what happened. We explained what officers may do and sent you the record. We know that you see it differently.",
}
# fmt: on


@dataclass(frozen=True)
class Scene:
    """A complaint: what somebody writes, and what is alleged, each with its category."""

    what: str
    alleged: tuple[tuple[str, str], ...]
    child: bool = False
    serious: str = ""  # the line of the referral checklist that it meets


# fmt: off
SCENES = (
    Scene("I was stopped {when} at {place} on my way to the gym. The officer said I ‘fitted the time of day’. They searched me and my bag and never said what for.",
          (("Searched without reasonable grounds.", "B1"), ("Not told the object of the search.", "A3"))),
    Scene("Two officers searched me at {place}. One of them said ‘lads like you always have something’. I want to know what ‘like you’ means.",
          (("Searched without reasonable grounds.", "B1"), ("Words that were about race.", "F6"), ("Spoke to me rudely.", "H1"))),
    Scene("At {place} I asked for the officer’s number and was told ‘you don’t need that’. I was then searched for a second time.",
          (("Refused to give name or number.", "H3"), ("Searched a second time without a reason.", "B1"))),
    Scene("I was handcuffed for the whole of the search at {place} although I was doing as I was told. My wrists were marked for days, I have photographs.",
          (("Handcuffs were not necessary.", "B4"), ("Searched without reasonable grounds.", "B1"))),
    Scene("They made me take off my shoes and my hijab at {place}, in the street, with two men watching.",
          (("Asked to remove more than an outer coat in public.", "B1"), ("Disrespectful to my religion.", "F7"))),
    Scene("My phone was dropped during the search at {place} and the screen is broken. The officer said to send you the bill. I did. Nobody answered.",
          (("Damaged my telephone.", "C"), ("Nobody answered my letters.", "A1"))),
    Scene("I was searched outside my workplace at {place} in front of customers. I asked to step inside. They refused and laughed.",
          (("Embarrassed me in public without need.", "H2"), ("Spoke to me rudely.", "H1"))),
    Scene("No receipt, no record. I went to the station twice. At {place} {when} I was searched by two officers and officially it never happened.",
          (("No record of the search was made.", "B1"), ("Not given a receipt.", "A3"))),
    Scene("The officer held me by the collar and pushed me against the railings at {place}. I had said nothing but ‘why’.",
          (("More force than was needed.", "B4"), ("Overbearing.", "H5"))),
    Scene("I was followed by the same car on three evenings and stopped each time near {place}. I am a nurse, I work nights.",
          (("Stopped again and again without a reason.", "B1"), ("Treated unfairly.", "H4"), ("Harassing behaviour.", "H5"))),
    Scene("They searched my car at {place}, took the seats out and left them on the pavement. Then they drove off.",
          (("Left my car in pieces.", "C"), ("Not told the object of the search.", "A3"))),
    Scene("My son, who is 14, was searched at {place} on his way from school. They kept him for forty minutes, he asked to ring me and was not allowed to.",
          (("A child was searched without anybody being told.", "B1"), ("Treated him without regard to his age.", "F1")), child=True),
    Scene("My daughter is 13. She was searched by a male officer at {place}. I want to know how that can be.",
          (("Searched by an officer of the other sex.", "B1"), ("Treated her without regard to her age.", "F1")), child=True),
)
# What is alleged where a concern became a complaint.
GENERAL = (
    Scene("", (("Searched without reasonable grounds.", "B1"), ("Not told the object of the search.", "A3"))),
    Scene("", (("Searched without reasonable grounds.", "B1"), ("Spoken to without respect.", "H3"))),
    Scene("", (("The search was not done as the code of practice says.", "B1"),)),
)
SERIOUS = (
    Scene("During the search at {place} my arm was twisted until it broke. I have the papers from the hospital.",
          (("My arm was broken.", "B4"), ("Searched without reasonable grounds.", "B1")), serious="death"),
    Scene("The officer who searched me at {place} took the cash out of my wallet. It was two hundred and forty pounds. It is not on the list.",
          (("Took money.", "G4"), ("The list of what was taken is wrong.", "B2")), serious="relevant"),
    Scene("He said out loud that he searched me ‘because your lot carry knives’. Everybody at {place} heard it.",
          (("Searched because of race.", "F6"), ("Searched without reasonable grounds.", "B1")), serious="aggravated"),
)
LOOKED_AT = (
    "Third in this ward since the spring: raised with the team, and on the list for the monitoring group.",
    "Looked at with the figures of the ward. No pattern beyond this one.", "Goes to the panel without the name.",
)
LEARNED = (
    ("Reasons for a search are recorded but not said in words that people understand.", "Every team practises saying grounds and object in one sentence, at briefings, for a month.", "Response teams"),
    ("Footage was asked for too late and had been overwritten.", "Triage asks for footage on the day on which something is received.", "Triage desk"),
    ("Receipts sent by email did not arrive where the address was misspelt.", "The address is read back before the search ends, and a paper receipt is offered.", "Response teams"),
    ("A child was searched and no adult was told.", "Officers ask for the age first, and ring an adult from the scene.", "Children and young people’s team"),
    ("People were asked to take off more than an outer coat in public.", "Sergeants check the footage of one such search a week.", "Professional standards"),
    ("Letters about damage were sent from desk to desk.", "One address for damage, with an answer within ten working days.", "Post room"),
)
# fmt: on
