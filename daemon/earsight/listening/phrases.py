"""What can be said: the phrases of each action, in English."""

from __future__ import annotations

from itertools import chain

from earsight.language.english.questions import FORMS, noun_forms

PHRASES: dict[str, tuple[str, ...]] = {
    "describe": ("describe", "what do you see", "what is in front of me"),
    "detail": ("more detail", "tell me more", "describe in detail"),
    "repeat": ("again", "repeat", "say that again"),
    "read": ("read", "read this", "read the text"),
    "spell": ("spell it", "spell that"),
    "around": ("around", "look around", "what is around me"),
    "light": ("how bright is it", "how dark is it", "is the light on"),
    "scan": ("scan", "scan the code", "read the code"),
    "status": ("status", "what time is it", "what is the time", "battery level"),
    "narration": ("narration", "start narration", "stop narration"),
    "louder": ("louder", "speak louder"),
    "quieter": ("quieter", "speak quieter"),
    "faster": ("faster", "speak faster"),
    "slower": ("slower", "speak slower"),
    "help": ("help", "what can i press"),
    "stop": ("stop", "be quiet", "cancel"),
    "menu": ("menu", "open the menu"),
    "switch_off": ("switch off", "turn off"),
}
"""By the names of the actions that are asked for without more."""

FIND = ("find people", "find the {one}", "find {a}", "find my {one}", "look for the {one}")
"""Of the action find. The slots are forms of a thing; see NounForms."""

QUESTIONS = (*FORMS.about_this, *chain.from_iterable(FORMS.templates.values()))
"""Of the action ask, which is given all of the words."""

_THINGS = (
    "person,animal,dog,horse,bird,car,truck,bus,train,motorcycle,bicycle,stairs,crossing,traffic light,"
    "sign,stop sign,bench,fence,railing,umbrella,tree,door,dining table,chair,couch,bed,toilet,sink,"
    "refrigerator,microwave,tv,computer,laptop,keyboard,mouse,remote,cell phone,clock,scissors,"
    "hair drier,toothbrush,bag,backpack,handbag,suitcase,banana,sandwich,pizza,cup,wine glass,"
    "bottle,fork,knife,spoon"
).split(",")
"""Names that are listened for: what people look for, and the built-in model can tell. Each name more is one
that others may be taken for, as "book" for "door"."""

OTHERS = (
    "hello,hi there,yes,yes please,no,no thank you,okay,thank you,thanks a lot,please,sorry,excuse me,"
    "goodbye,good morning,good night,see you later,really,of course,never mind,maybe,i don't know,"
    "i think so,i hope so,i am fine thanks,i am hungry,i am here,it is late,that is right,all right,"
    "let's go,come here,come on,go away,wait a moment,just a minute,be careful,watch out,over there,"
    "after you,how are you,how much is it,how old are you,how long is it,how many days are there,"
    "who is it,who is that,who are you,what is it,what is this,what's this,what is that,what's that,"
    "what is wrong,what happened,what did you say,what do you think,what do you want,"
    "what are you doing,what about you,where are you,where are we,where are you from,where is it,"
    "where is he,where is she,where have you been,when is it,why not,why is that,can you help me,"
    "can i help you,can you hear me,can you see me,can you see the difference,do you know,"
    "do you like it,do you want some,did you see that,is that right,is there anything else,"
    "are there any questions,are you coming,are you sure,find out,find a way,look at this,look at that,"
    "look out,look here,tell me why,tell me a story,say hello,say please,count to ten,count me in,"
    "read it again,help me,help yourself,stop talking,stop doing that,turn it off,"
    "turn it up,switch it on,open the door,close the door please,open the window,speak up,speak to me,"
    "speak to the manager,spell your name,what is your name,what is your number,what is your address,"
    "what is for dinner,what is in there,what is the problem,what is the matter,what is the weather like,"
    "where is the station,where is the exit,where is the money,where is the way out,where is my brother,"
    "where are my keys,where are the children,turn on the light,turn off the radio,turn up the music,"
    "turn up the television,switch off the engine,is there any milk left,i have no idea,quiet please,"
    "look for a job,find out where he lives"
).split(",")
"""What else is often said, and is no command: without these, the nearest command would be heard."""

_CONTRACTED = (("what is ", "what's "), ("where is ", "where's "))


def slots() -> dict[str, dict[str, str]]:
    """What a slot may hold: for each word its name in the vocabulary."""
    found: dict[str, dict[str, str]] = {"a": {}, "one": {}, "many": {}}
    forms = noun_forms()
    for name in _THINGS:
        found["a"][forms[name].a] = found["one"][forms[name].one] = name
        found["many"][forms[name].many] = name
    return found


def contracted(phrase: str) -> list[str]:
    """A phrase as it is written, and as people say it."""
    said = [phrase.replace(long, short) for long, short in _CONTRACTED if phrase.startswith(long)]
    return [phrase, *said]
