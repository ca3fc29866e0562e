"""Whether a manifest has what its capabilities need, and nothing that they don't account for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from earsight_bundle.files import FILES, OF_A_LANGUAGE, in_language
from earsight_bundle.manifest import SECTIONS, Manifest


def misfit(manifest: Manifest) -> str | None:
    """Say what is wrong with a manifest that no single key shows; None where nothing is."""
    return next(_misfits(manifest), None)


def _misfits(manifest: Manifest) -> Iterator[str]:
    if not manifest.capabilities:
        yield "capabilities: names nothing that the model can do"
    for capability, files in FILES.items():
        sections = {f"{name}:": getattr(manifest, name) is not None for name in SECTIONS[capability]}
        listed = {f"files: {name}": name in manifest.files for name in sorted(files)}
        for part, there in (sections | listed).items():
            if capability in manifest.capabilities and not there:
                yield f"{part} missing; the capability {capability} needs it"
            if there and capability not in manifest.capabilities:
                yield f"{part} there without the capability {capability}, which it is for"
    if manifest.decoders and "caption" not in manifest.capabilities:
        yield "decoders: there without the capability caption, which it is for"
    for language in manifest.decoders or ():
        if language in manifest.starts:
            yield f"decoders: {language} is a language of the first decoder already"
        for name in (in_language(name, language) for name in OF_A_LANGUAGE):
            if name not in manifest.files:
                yield f"files: {name} missing; the language {language} needs it"
    if "place" in manifest.capabilities and "caption" not in manifest.capabilities:
        yield "capabilities: place needs caption, whose encoder it reads"
    if manifest.objects is not None and manifest.objects.image.fit != "squash":
        yield "objects.image.fit: the detector's has to be squash"
    for key, names in _names(manifest).items():
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            yield f"{key}: {twice[0]!r} is named twice"


def _names(manifest: Manifest) -> dict[str, tuple[str, ...]]:
    """Every list of names, by its key."""
    found = {"capabilities": tuple(map(str, manifest.capabilities))}
    if manifest.objects is not None:
        found["objects.classes"] = tuple(each.name for each in manifest.objects.classes)
    if manifest.place is not None:
        found |= {"place.places": manifest.place.places, "place.grounds": manifest.place.grounds}
    return found
