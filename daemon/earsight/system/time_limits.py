"""Every time limit, pause and polling interval of the daemon, in seconds; finding_times.py has those of a
search, reading_times.py those of reading text.

Many of them depend on each other and on the unit files in systemd/:
tests/earsight/system/test_time_limits.py holds their order. What a user may choose is in the settings; only
its bounds depend on this table. Read a limit as `time_limits.NAME`, so that a test can shorten it here.
"""

from __future__ import annotations

# Camera

FRAME_WAIT = 2.0
"""A look waits this long for a fresh frame: the first one of a camera that has just been opened, or the next
one of a camera that stutters. A late answer is worth more to the wearer than an excuse that comes at once."""

DAMAGED_FRAMES = 3.0
"""A camera that has sent only damaged frames for this long has failed."""

DAMAGED_FRAME_PAUSE = 0.02
"""Pause before the next frame is read after a damaged one."""

PICAMERA2_FRAME = 3.0
"""Picamera2 must deliver a frame within this time; otherwise the camera has failed."""

V4L2_FRAME = 2.0
"""OpenCV waits this long for a webcam's frame. Its own limit of 10 s is longer than a wearer can wait."""

STILL = 1.5
"""A look for text waits this long for a still, and then takes the newest frames instead."""

STILL_KEPT = 10.0
"""A camera keeps the mode for stills this long after the last one: switching takes time."""

CAMERA_RETRY = 0.5
"""Pause before a camera that has failed is opened again. It doubles at each failure."""

CAMERA_LONGEST_RETRY = 2.0
"""The longest of those pauses."""

CAMERA_STALLED = 4.0
"""An open camera that has delivered no frame for this long is lost, although its driver reports no error."""

CAMERA_OPENING = 10.0
"""A camera that has not opened within this time is lost. On a Raspberry Pi that takes seconds."""

CAMERA_HUNG = 20.0
"""A call of the driver that has not returned within this time hangs: only a new process may help."""

CAMERA_CLOSING = 2.0
"""Closing waits this long for the camera's thread, and then leaves it behind."""

CAMERA_BACK = 1.0
"""A camera must have worked for this long before the wearer is told that it is back."""

CAMERA_LONGEST_BACK = 30.0
"""The same for a loose plug: the time doubles at each loss up to this, so that it does not fill the ear."""

CAMERA_BACK_RESET = 60.0
"""A camera that is lost later than this after it came back counts as a new fault: CAMERA_BACK again."""

CAMERA_POLL = 0.5
"""Interval at which the supervisor asks whether the camera is lost."""

FIRST_FRAME = 10.0
"""`earsight run --once` and the doctor give a camera this long for its first frame."""

EXPOSURE_SETTLING = 2.0
"""The doctor gives a camera this long to find its exposure before a bad picture counts."""

EXPOSURE_POLL = 0.1
"""Interval at which the doctor looks at the camera meanwhile."""

# Looking

LOOK_BEFORE_CAPTION = 7.0
"""What a look may take beyond captioner.time_limit: a first frame, loading from a slow card, the encoder."""

RESTING = 10.0
"""The look worker, without anything to do for this long, frees what was not used for a while."""

LOOK_WORKER_CLOSING = 2.0
"""Closing waits this long for the look worker's thread, and then leaves it behind."""

NARRATION_NAP = 1.0
"""Longest sleep of the narrator between two looks: new settings may shorten the interval at any time."""

# Another machine that captions

REMOTE_POLL = 0.02
"""Interval at which a look that waits for another machine asks whether it is still wanted."""

REMOTE_SLACK = 0.5
"""A request that has not ended by itself this long after its limit hangs."""

REMOTE_KEPT_ALIVE = 60.0
"""A connection is kept this long for the next press."""

REMOTE_PAUSE = 10.0
"""Pause before another machine that has not answered is tried again. It doubles at each failure."""

REMOTE_LONGEST_PAUSE = 300.0
"""The longest of those pauses, also where the other machine asks for one."""

REMOTE_STEADY = 60.0
"""Another machine that fails later than this after it came back counts as a new fault: REMOTE_PAUSE again."""

REMOTE_WATCH = 0.5
"""Interval at which the supervisor asks whether another machine has failed."""

# What is said

ANSWER_LIFE = 10.0
"""An answer that could not begin within this time describes a scene that has passed: it is not said."""

NARRATION_LIFE = 3.0
"""The same for what was seen without a press."""

NOTICE_LIFE = 10.0
"""A notice that could not begin within this time is checked again, since its reason may be over."""

NOTICE_POLL = 0.1
"""Interval at which notices look whether sound is back."""

NOTICE_RETRY = 1.0
"""Pause before a notice is tried again after the voice failed. It doubles at each failure."""

NOTICE_LONGEST_RETRY = 60.0
"""The longest of those pauses."""

DESCRIPTION_FRESH = 30.0
"""A description that is said again later than this after its picture is said with its age."""

NARRATION_INTERVAL = 5.0
"""Interval between looks if the wearer turns narration on and the configuration names none."""

GESTURE = 5.0
"""Notices wait at most this long for the gesture of a button that went down."""

DIALOGUE_SILENCE = 8.0
"""A menu or a question ends by itself this long after its last word."""

SCAN_LASTS = 5.0
"""A code that was not found at once is looked for this much longer."""

SCAN_PAUSE = 0.15
"""Pause between two looks for a code."""

POWER_OFF = 10.0
"""The service manager must have begun to end the service this long after it was asked to switch off."""

# Speech engines

SYNTHESIS = 15.0
"""Any engine may take this long for one utterance."""

SYNTHESIS_STUCK = 4.0
"""An engine that fails or is called off after more than this was stuck. Stuck twice in a row, it hangs."""

ESPEAK = 5.0
"""eSpeak NG may take this long for one utterance. A Raspberry Pi needs about 0.1 s."""

PYTTSX3 = 5.0
"""pyttsx3 may take this long for one utterance, the start of its child process included."""

PYTTSX3_FILE = 1.0
"""pyttsx3 may return this much before its file is written."""

PIPER = 15.0
"""Piper may take this long for one utterance, most of it to load its model on a small board."""

HIBARI = 15.0
"""hibari-tts may take this long for one utterance, most of it to load its model on a small board."""

# Sound outputs

PLAYBACK = 5.0
"""An output may take this long beyond the length of a sound."""

REPLAY = 8.0
"""A sound that fails to play is tried again for this long: earphones come back, a sound server restarts."""

REPLAY_PAUSE = 0.5
"""Pause before each of those attempts."""

ALSA_OPENING = 3.0
"""aplay must have opened the sound device by then. A Bluetooth speaker that wakes up needs about 1 s."""

ALSA_DRAINING = 2.0
"""aplay may end this long after the end of the sound."""

ALSA_POLL = 0.002
"""Interval at which a starting aplay is watched. It bounds the error of "press to sound"."""

TIMER_SLACK = 0.001
"""The event loop's timers may fire this much before their time."""

SOUND_RETRY = 2.0
"""Pause between attempts to be heard again after sound was lost."""

SOUND_POLL = 0.5
"""Interval at which the supervisor asks whether sound is lost."""

# Voice commands

MICROPHONE = 3.0
"""A microphone that has sent nothing for this long hangs; arecord has opened it by then, too."""

SPEECH_AWAITED = 5.0
"""Nobody has spoken this long after the tone: then nobody will."""

SPEECH_PAUSE = 0.7
"""A command is over this long after its last word: people stop for less between words."""

SPEECH_AFTER_RELEASE = 0.3
"""A button that was held while somebody spoke is let go this much before the last word has ended."""

RECOGNISING = 10.0
"""What a recogniser may take after the last word, the loading of its model on a small board included."""

RECOGNISER_KEPT = 300.0
"""A recogniser that nobody has needed for this long gives back its memory."""

# Triggers

TRIGGER_RETRY = 5.0
"""Pause before a trigger that has failed is opened again."""

DEVICE_LOOK = 1.0
"""Interval at which an input device that is not connected, such as a remote control, is looked for."""

TRIGGER_WORKING = 1.0
"""A trigger must have listened for this long without failing to count as working."""

TRIGGER_OPENING = 5.0
"""A start waits this long for triggers to listen. gpiozero alone takes 2 s to import on a small board."""

TRIGGER_CHECK = 10.0
"""The doctor gives a button's driver this long: it runs beside all other checks."""

CONTROL_LINE = 10.0
"""A client of the control socket has this long for a line, and the service for its answer."""

CONTROL_ANSWER = 5.0
"""`earsight press` waits this long for the service to take the press."""

CONTROL_PROBE = 1.0
"""The doctor asks this long whether a service listens on the control socket."""

TERMINAL_POLL = 1.0
"""Interval at which a service in a terminal's background looks whether it is in the foreground again."""

# Start

START_LASTED = 60.0
"""A start that lasts this long was no crash, unless a description has shown it before."""

STARTUP_MESSAGE = 3.0
"""The ready tone waits this long for an engine that has something to say and makes no sound."""

STARTUP_POLL = 0.05
"""Interval at which a start looks whether the voice has finished."""

# Settings

CONFIG_POLL = 0.5
"""Interval at which the settings file is looked at. It must be the same twice to be read."""

SETTINGS_POLL = 0.05
"""Interval at which new settings look whether the voice has finished, or sound is back."""

# End

CLOSING = 1.0
"""The end of the service waits this long for a camera or an inference that hangs."""

END = 1.4
"""From the signal that asks for the end to the end of the process, whatever hangs."""

# A service that cannot start

FAILURE_VOICE = 15.0
"""One voice may take this long to say why the service cannot start."""

FAILURE_PATIENCE = 120.0
"""That is tried for this long: the earphones may be plugged in only now."""

FAILURE_PAUSE = 2.0
"""Pause between those attempts."""

FAILURE_MARGIN = 20.0
"""The service manager is asked to wait this much longer than the voices may take."""

# Board

BOARD_POLL = 10.0
"""Interval at which temperature and power are read."""

POWER_LOW_LASTS = 300.0
"""Low power counts as lasting this long after it was last seen: it comes and goes with the load."""

FIRMWARE = 5.0
"""vcgencmd may take this long."""

CLOCK_TOLERANCE = 60.0
"""The system's clock and the board's battery-backed one may differ by this much if both are right."""

# Watchdog

WATCHDOG_FEED = 1.0
"""Longest interval at which the watchdog is fed; a third of the service manager's if that is less."""

# Doctor

DOCTOR_CHECK = 20.0
"""One check may take this long. A camera alone may take FIRST_FRAME."""

DOCTOR_TORCH_CHECK = 120.0
"""The same where a check loads torch and a model of transformers from a memory card."""

# Bench

BENCH_READY = 180.0
"""The service may take this long until it is ready to be pressed."""

BENCH_SETTLED = 1.0
"""Wait between ready and the first press: what a start leaves behind is over by then."""

BENCH_ANSWER = 120.0
"""A press may take this long until it is answered."""

BENCH_PAUSE = 0.2
"""Wait between an answer and the next press."""

BENCH_SENSORS = 2.0
"""Interval at which temperature, clock rate and power are read."""
