"""The words for things in English and Indonesian, by which what a device says is compared with labels.

The table is the measuring side's own: it shares nothing with the words that the device speaks, so that a
mistake in those is not repeated here.
"""

from __future__ import annotations

_PEOPLE_EN = (
    "man, woman, child, boy, girl, baby, toddler, kid, lady, gentleman, guy, male, female, people,"
    " someone, somebody, adult, teenager, crowd, couple, family, team, audience, spectator, onlooker,"
    " passerby, passersby, friend, player, rider, driver, passenger, pedestrian, cyclist, bicyclist,"
    " biker, motorcyclist, skier, snowboarder, skateboarder, surfer, swimmer, diver, climber, hiker,"
    " runner, jogger, racer, athlete, goalie, batter, pitcher, catcher, umpire, worker, policeman,"
    " policewoman, police officer, officer, soldier, fireman, firefighter, musician, singer, dancer,"
    " performer, photographer, fisherman, bride, groom, student, chef, waiter, waitress, vendor,"
    " tourist, businessman, cowboy, skater, infant, baseball player, football player, soccer player,"
    " tennis player, basketball player"
)
_PEOPLE_ID = (
    "orang, seseorang, pria, lelaki, laki-laki, wanita, perempuan, anak, anak laki-laki, anak"
    " perempuan, bayi, balita, gadis, pemuda, remaja, ibu, bapak, kerumunan, pasangan, keluarga,"
    " penonton, teman, pemain, pengendara, pengemudi, penumpang, pejalan kaki, pesepeda, pemain ski,"
    " peselancar, perenang, penyelam, pendaki, pelari, atlet, pekerja, polisi, tentara, pemadam"
    " kebakaran, musisi, penyanyi, penari, fotografer, nelayan, pengantin, siswa, pedagang, turis,"
    " pembalap, penunggang, kiper, pemotor, skater, bocah, pemanjat, pemanjat tebing, pengendara"
    " sepeda, pengendara motor, pengendara sepeda motor, pemain bola basket, pemain sepak bola, pemain"
    " skateboard, pemain tenis, pemain bisbol, peluncur salju, pemain seluncur salju"
)

WORDS: dict[str, tuple[str, str]] = {
    "person": (_PEOPLE_EN, _PEOPLE_ID),
    "bicycle": ("bmx, push bike, mountain bike", "sepeda"),
    "car": (
        "automobile, van, minivan, taxi, cab, jeep, suv, sedan, hatchback, convertible, police car",
        "mobil, taksi, mobil van, jip, suv",
    ),
    "motorcycle": (
        "motorbike, motor bike, motor cycle, dirt bike, dirtbike, moped, motor scooter, vespa",
        "sepeda motor, motor, skuter",
    ),
    "airplane": (
        "plane, aeroplane, aircraft, jet, jetliner, airliner, fighter jet",
        "pesawat, pesawat terbang, kapal terbang",
    ),
    "bus": ("buses, minibus, double decker", "bus, bis, bus kota"),
    "train": ("locomotive, tram, streetcar, subway train", "kereta, kereta api, trem"),
    "truck": (
        "lorry, pickup, pickup truck, pick-up, pick-up truck, fire truck, firetruck, semi",
        "truk, mobil pemadam, mobil pemadam kebakaran",
    ),
    "boat": (
        "ship, sailboat, rowboat, canoe, kayak, raft, ferry, yacht, speedboat, motorboat, gondola",
        "perahu, kapal, perahu layar, kapal layar, perahu motor, kano, kayak, rakit, feri, sampan",
    ),
    "traffic light": ("traffic signal, stoplight, stop light", "lampu lalu lintas, lampu merah"),
    "fire hydrant": ("hydrant", "hidran, hidran kebakaran"),
    "stop sign": ("", "rambu berhenti, rambu stop, tanda berhenti, tanda stop"),
    "parking meter": ("", "meteran parkir, meter parkir"),
    "bench": ("benches", "bangku"),
    "bird": (
        "duck, goose, geese, swan, gull, seagull, pigeon, parrot, eagle, owl, hawk, ostrich, chicken,"
        " rooster, hen, heron, pelican, crow, sparrow, duckling",
        "burung, bebek, angsa, camar, merpati, elang, ayam",
    ),
    "cat": ("kitten, kitty", "kucing, anak kucing"),
    "dog": (
        "puppy, pup, doggy, hound, greyhound, poodle, terrier, retriever, collie, labrador, dachshund,"
        " dalmatian, husky, pug, beagle, rottweiler, chihuahua, sheepdog, bulldog, pit bull, german"
        " shepherd",
        "anjing, anak anjing",
    ),
    "horse": ("pony, foal, stallion, mare, donkey", "kuda, poni"),
    "sheep": ("lamb, ewe, ram", "domba, biri-biri"),
    "cow": ("cattle, bull, calf, ox, oxen", "sapi, lembu, kerbau, banteng"),
    "elephant": ("", "gajah"),
    "bear": ("polar bear, grizzly, grizzly bear, panda", "beruang"),
    "zebra": ("", "zebra, kuda zebra"),
    "giraffe": ("", "jerapah"),
    "backpack": ("rucksack, knapsack, back pack", "ransel, tas ransel, tas punggung"),
    "umbrella": ("parasol", "payung"),
    "handbag": ("purse, hand bag, shoulder bag", "tas tangan, dompet"),
    "tie": ("necktie, bow tie", "dasi"),
    "suitcase": ("luggage, suit case", "koper"),
    "frisbee": ("flying disc, disc", "frisbi, frisbee"),
    "skis": ("ski", "papan ski, ski"),
    "snowboard": ("", "papan seluncur salju, papan salju, snowboard"),
    "sports ball": (
        "ball, soccer ball, football, basketball, baseball, tennis ball, volleyball, beach ball, rugby ball",
        "bola",
    ),
    "kite": ("", "layang-layang, layangan"),
    "baseball bat": ("bat", "tongkat bisbol, pemukul bisbol, tongkat baseball"),
    "baseball glove": ("mitt, baseball mitt", "sarung tangan bisbol, sarung tangan baseball"),
    "skateboard": ("", "papan luncur, skateboard, papan seluncur"),
    "surfboard": ("surf board", "papan selancar"),
    "tennis racket": ("racket, racquet, tennis racquet", "raket, raket tenis"),
    "bottle": ("", "botol"),
    "wine glass": ("wineglass, goblet", "gelas anggur"),
    "cup": ("mug, teacup, coffee cup", "cangkir, cawan"),
    "fork": ("", "garpu"),
    "knife": ("knives", "pisau"),
    "spoon": ("", "sendok"),
    "bowl": ("", "mangkuk, mangkok"),
    "banana": ("", "pisang"),
    "apple": ("", "apel"),
    "sandwich": ("burger, hamburger, sandwiches", "roti lapis, roti isi, sandwich, burger"),
    "orange": ("mandarin, tangerine", "jeruk"),
    "broccoli": ("", "brokoli"),
    "carrot": ("", "wortel"),
    "hot dog": ("hotdog", "hot dog, hotdog"),
    "pizza": ("", "pizza, piza"),
    "donut": ("doughnut", "donat"),
    "cake": ("cupcake", "kue"),
    "chair": ("armchair, stool, arm chair, recliner", "kursi"),
    "couch": ("sofa, couches, loveseat", "sofa"),
    "potted plant": (
        "plant, houseplant, house plant, pot plant, flowerpot, flower pot",
        "tanaman pot, tanaman hias, pot tanaman, tanaman dalam pot, tanaman, pot bunga",
    ),
    "bed": ("", "tempat tidur, ranjang, kasur"),
    "dining table": ("table, desk, coffee table, side table, picnic table, glass table", "meja, meja makan"),
    "toilet": ("", "toilet, kloset, kakus"),
    "tv": ("television, tv set, television set", "televisi, tv"),
    "laptop": ("notebook computer, laptop computer", "laptop, komputer jinjing"),
    "mouse": ("computer mouse", "tetikus, mouse"),
    "remote": ("remote control, game controller, controller", "remote, remot, pengendali jarak jauh"),
    "keyboard": ("computer keyboard", "keyboard, papan ketik"),
    "cell phone": (
        "phone, cellphone, mobile phone, smartphone, smart phone, telephone",
        "ponsel, telepon, telepon genggam, telepon seluler, hp, handphone",
    ),
    "microwave": ("microwave oven", "microwave, oven microwave, gelombang mikro"),
    "oven": ("stove, cooker", "oven, kompor"),
    "toaster": ("", "pemanggang roti"),
    "sink": ("wash basin, washbasin", "wastafel, bak cuci, bak cuci piring"),
    "refrigerator": ("fridge, freezer", "kulkas, lemari es"),
    "book": ("", "buku"),
    "clock": ("clock tower", "jam, jam dinding"),
    "vase": ("", "vas, vas bunga"),
    "scissors": ("pair of scissors", "gunting"),
    "teddy bear": ("teddy, stuffed animal, stuffed bear", "boneka beruang"),
    "hair drier": ("hair dryer, hairdryer, blow dryer", "pengering rambut"),
    "toothbrush": ("tooth brush, toothbrushes", "sikat gigi"),
    "door": ("doorway, glass door, screen door", "pintu, ambang pintu"),
    "stairs": (
        "stair, steps, staircase, stairway, stairwell, flight of stairs, flight of steps",
        "tangga, anak tangga",
    ),
    "crossing": (
        "crosswalk, zebra crossing, pedestrian crossing",
        "zebra cross, penyeberangan, tempat penyeberangan, penyeberangan jalan, jalur penyeberangan",
    ),
    "puddle": ("", "genangan, genangan air"),
    "pothole": ("pot hole", "lubang, lubang jalan, lubang di jalan, jalan berlubang"),
    "manhole": ("manhole cover", "lubang got, penutup lubang got, lubang saluran"),
    "tactile paving": (
        "tactile pavement, guiding strip, guiding block, guiding path",
        "ubin pemandu, jalur pemandu, guiding block",
    ),
    "tree": ("palm, palm tree, tree trunk", "pohon, pepohonan"),
    "pole": ("post, lamp post, lamppost, light pole, pillar, utility pole", "tiang"),
    "fence": ("", "pagar"),
    "sign": (
        "street sign, road sign, traffic sign, signpost, signboard, billboard",
        "papan tanda, rambu, rambu lalu lintas, papan nama, papan petunjuk, papan reklame",
    ),
    "bin": (
        "trash can, garbage can, rubbish bin, waste bin, trash bin, dustbin, litter bin, dumpster",
        "tempat sampah, tong sampah",
    ),
    "streetlight": ("street light, street lamp, streetlamp", "lampu jalan"),
    "railing": ("handrail, guardrail, banister, bannister", "pagar pembatas, pegangan tangga, susuran"),
    "building": (
        "house, skyscraper, church, barn, shed, tower, hut, cottage, temple, mosque, castle",
        "bangunan, gedung, rumah, gereja, masjid, menara, candi, gudang, gubuk, pondok, kastil",
    ),
    "window": ("glass window", "jendela"),
    "cabinet": ("cupboard, closet, wardrobe, cabinet door", "lemari, kabinet"),
}
"""By class: the words for it in English, besides its name, and in Indonesian. Plurals are understood."""

CLASSES = frozenset(WORDS)
"""All names of classes: COCO's 80, and what else matters to someone walking."""

AMBIGUOUS: dict[str, tuple[str, str]] = {
    "bicycle|motorcycle": ("bike", ""),
    "laptop|tv|keyboard": ("computer, monitor, screen", "komputer, layar, monitor"),
    "backpack|handbag|suitcase": ("bag", "tas"),
    "cup|wine glass": ("glass", "gelas"),
    "potted plant|tree": ("bush, shrub", "semak"),
    "door|fence": ("gate", "gerbang"),
    "streetlight|traffic light": ("light pole", ""),
}
"""Words that may stand for any of several classes: right, and naming it, if one of these is there."""

KINDS: dict[str, tuple[str, str]] = {
    "bird|cat|dog|horse|sheep|cow|elephant|bear|zebra|giraffe": ("animal, creature, pet", "hewan, binatang"),
    "bicycle|car|motorcycle|airplane|bus|train|truck|boat": ("vehicle, traffic", "kendaraan"),
    "chair|couch|bed|dining table|cabinet": ("furniture", "perabot, mebel"),
}
"""Words for several classes that name none of them: wrong if none of these is there."""

NOTHING = (
    "crossing the, crossing a, glasses, eyeglasses, sunglasses, goggles, toilet paper, bear hug, bus"
    " stop, bus station, train station, train track, train tracks, railroad tracks, dog food, cat food,"
    " table tennis, tennis court, baseball field, football field, soccer field, baseball game, soccer"
    " game, football game, basketball court, basketball hoop, window sill, windowsill, goal post, track"
    " train, car park, parking lot, bird house, doghouse, jet ski, ski slope, ski lift, ski resort, ski"
    " pole, fishing pole, bird bath, car door, fire escape, home plate, ball game, phone booth, clock"
    " face, boat ramp, bed of",
    "cat, mobil salju, topeng ski, luar rumah, kacamata, kaca mata, kereta kuda, meja biliar, stasiun"
    " kereta, rel kereta, halte bus, lampu, tenis meja, lapangan bola, sepak bola, bola mata, rumah sakit,"
    " tempat parkir, jalan, air jeruk, kereta dorong, kereta luncur, kereta bayi, sarung tangan, kursi"
    " roda",
)
"""Words in which those for things name something else."""
