"""A Llama of 70 billion parameters on 4,096 tokens: the time and memory of a whole process.

    python benchmarks/large.py

Exits 1 where it takes 30 seconds, or 2 GB.
"""

import resource
import subprocess
import sys
import time
from pathlib import Path

MODEL = (
    "transformers:LlamaForCausalLM(hidden_size=8192, intermediate_size=28672,"
    " num_hidden_layers=80, num_attention_heads=64, num_key_value_heads=8, vocab_size=128256)"
)
COMMAND = ["breakdown", MODEL, "--input", "input_ids=1x4096:int64", "--by", "kind"]
TESTS = Path(__file__).parents[1] / "tests"
PROGRAM = f"""
import sys
sys.path.insert(0, {str(TESTS)!r})
import support.operator_schemas
sys.argv[1:] = {[*COMMAND, "--format", "csv"]!r}
from mobilecalc.__main__ import main
main()
"""
SECONDS, GIGABYTES = 30, 2


def main() -> int:
    """Run it, print what it took; 1 where a limit is broken."""
    start = time.perf_counter()
    subprocess.run([sys.executable, "-c", PROGRAM], check=True)
    seconds = time.perf_counter() - start
    gigabytes = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e6
    print(f"{seconds:.1f} s of {SECONDS}, {gigabytes:.2f} GB of {GIGABYTES}")
    return int(seconds >= SECONDS or gigabytes >= GIGABYTES)


if __name__ == "__main__":
    sys.exit(main())
