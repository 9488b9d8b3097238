# The transformer of test/models in PyTorch: what `npm run bench:gpu` holds speed and scores against.
import json
import sys
import time

import torch
import torch.nn.functional as F

folder, precision, rows, length = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
device = "cuda" if torch.cuda.is_available() else "cpu"
dtype = torch.float16 if precision == "fp16" else torch.float32
with open(f"{folder}/weights.json") as file:
    about = json.load(file)
raw = torch.from_file(f"{folder}/weights.bin", size=about["count"], dtype=torch.float32)
tensors = [
    raw[t["at"] : t["at"] + torch.Size(t["dims"]).numel()].reshape(t["dims"]).to(device, dtype)
    for t in about["tensors"]
]
words, positions, _types, norm = tensors[:4]
layers, head = [tensors[4 + 8 * i : 12 + 8 * i] for i in range(about["layers"])], tensors[-2]
heads, size = about["heads"], about["hidden"]
ids = torch.tensor(about["ids"], device=device)


@torch.no_grad()
def forward(x_ids):
    x = words[x_ids] + positions[torch.arange(x_ids.shape[1], device=device)]
    x = F.layer_norm(x, (size,), norm, eps=1e-5)
    for q, k, v, out, norm1, up, down, norm2 in layers:
        split = lambda y: y.view(y.shape[0], y.shape[1], heads, size // heads).transpose(1, 2)
        mixed = F.scaled_dot_product_attention(split(x @ q), split(x @ k), split(x @ v))
        x = F.layer_norm(x + mixed.transpose(1, 2).reshape(x.shape) @ out, (size,), norm1, eps=1e-5)
        x = F.layer_norm(x + F.gelu(x @ up) @ down, (size,), norm2, eps=1e-5)
    return torch.tanh(x[:, 0]) @ head


scores = forward(ids)[:, 0].float().tolist()
batch = ids[:1].repeat(rows, 1)[:, :length]
for _ in range(3):
    forward(batch)
if device == "cuda":
    torch.cuda.synchronize()
begun, runs = time.time(), 0
while time.time() - begun < 3:
    forward(batch)
    if device == "cuda":
        torch.cuda.synchronize()
    runs += 1
speed = runs * rows * length / (time.time() - begun)
print(json.dumps({"device": device, "scores": scores, "tokensPerSecond": speed}))
