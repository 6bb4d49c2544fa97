"""The tensors of attention, each with its public name, its letter and its shape."""

from __future__ import annotations

from attnproof.derivations.language.notation import D_A, D_K, D_Q, D_V, N_K, N_Q, D, Tensor

VALUE = Tensor("value", "V", (N_K, D_V))
SCORES = Tensor("scores", "e", (N_Q, N_K), "intermediate")
SOFTCAP = Tensor("softcap", "kappa", (), "parameter", batched=False, positive=True)
BIAS = Tensor("bias", "B", (N_Q, N_K))
CAPPED = Tensor("capped", "u", (N_Q, N_K), "intermediate")
LOGITS = Tensor("logits", "t", (N_Q, N_K), "intermediate")
WEIGHTS = Tensor("weights", "alpha", (N_Q, N_K), "intermediate")
CONTEXT = Tensor("context", "c", (N_Q, D_V), "intermediate")

QUERY = Tensor("query", "q", (N_Q, D_Q))
KEY = Tensor("key", "k", (N_K, D_K))
QUERY_SHARED = Tensor("query", "q", (N_Q, D))  # dot scores: one width for query and key
KEY_SHARED = Tensor("key", "k", (N_K, D))

WEIGHT = Tensor("weight", "W", (D_Q, D_K), "parameter", batched=False)
WEIGHT_QUERY = Tensor("weight_query", "W_s", (D_A, D_Q), "parameter", batched=False)
WEIGHT_KEY = Tensor("weight_key", "W_h", (D_A, D_K), "parameter", batched=False)
WEIGHT_CONCAT = Tensor("weight_concat", "W", (D_A, D_Q + D_K), "parameter", batched=False)
V_HIDDEN = Tensor("v", "v", (D_A,), "parameter", batched=False)
BIAS_HIDDEN = Tensor("bias_hidden", "b", (D_A,), "parameter", batched=False)
PREACTIVATION = Tensor("preactivation", "z", (N_Q, N_K, D_A), "intermediate")
