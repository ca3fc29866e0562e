"""The published captioner's beam search, read plainly: an oracle for tests, slow on purpose.

After ClipCap (Mokady et al., arXiv:2111.09734): the prefix' vectors and those of all tokens so far go through
the whole of GPT-2 at every step, for every beam, and nothing is remembered. Candidates compete by the mean
log-probability of their tokens, the stop token counted; a caption that has it goes on as it is.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

Found = list[tuple[tuple[int, ...], float]]
"""Tokens, the stop token among them, and their mean log-probability, of each beam, best first."""


@torch.no_grad()
def published_search(gpt2, prefix: Tensor, beams: int, longest: int, stop: int) -> Found:
    """gpt2: transformers' GPT2LMHeadModel. prefix: float (prefix length, width)."""
    embeddings = gpt2.transformer.wte.weight
    texts: list[tuple[int, ...]] = [()]
    sums = [0.0]
    for _ in range(longest):
        going_on = [index for index, text in enumerate(texts) if stop not in text]
        if not going_on:
            break
        rows = torch.stack(
            [
                torch.cat([prefix, embeddings[torch.tensor(texts[index], dtype=torch.long)]])
                for index in going_on
            ]
        )
        # A beam that has not stopped has as many tokens as there were steps: the rows are of one length.
        logits = gpt2(inputs_embeds=rows, use_cache=False).logits[:, -1]
        log_probs = torch.log_softmax(logits, -1)
        candidates = [
            (sums[index] / len(texts[index]), sums[index], texts[index])
            for index in range(len(texts))
            if index not in going_on
        ]
        for row, index in enumerate(going_on):
            for token, log_prob in enumerate(log_probs[row].tolist()):
                total, text = sums[index] + log_prob, (*texts[index], token)
                candidates.append((total / len(text), total, text))
        candidates.sort(key=lambda candidate: candidate[0], reverse=True)
        texts = [text for _, _, text in candidates[:beams]]
        sums = [total for _, total, _ in candidates[:beams]]
    found = [(text, total / len(text)) for text, total in zip(texts, sums, strict=True)]
    return sorted(found, key=lambda pair: pair[1], reverse=True)


@torch.no_grad()
def published_draw(
    gpt2, prefix: Tensor, longest: int, stop: int, nucleus: tuple[float, float] | None, seed: list[int]
) -> tuple[int, ...]:
    """One caption by the published captioner's loop: the whole text through GPT-2 for each token.

    gpt2, prefix: as above. nucleus: top_p and temperature; None takes the likeliest token, as the published
    loop does even then. Otherwise a token is drawn from what its filter leaves. seed: of numpy's generator.
    """
    embeddings, generator = gpt2.transformer.wte.weight, np.random.default_rng(seed)
    text: tuple[int, ...] = ()
    while len(text) < longest and stop not in text:
        row = torch.cat([prefix, embeddings[torch.tensor(text, dtype=torch.long)]])
        logits = gpt2(inputs_embeds=row[None], use_cache=False).logits[0, -1]
        if nucleus is None:
            text = (*text, int(logits.argmax()))
            continue
        top_p, temperature = nucleus
        ordered, indices = torch.sort(logits.double() / temperature, descending=True)
        removed = torch.softmax(ordered, -1).cumsum(-1) > top_p
        removed[1:] = removed[:-1].clone()
        removed[0] = False
        chances = torch.softmax(ordered.masked_fill(removed, -torch.inf), -1)[~removed].numpy()
        text = (*text, int(indices[generator.choice(len(chances), p=chances / chances.sum())]))
    return text
