# Kernels are compiled once, before jobs run in parallel; simultaneous compilation can crash.
# Those of jobs that need both kinds are copied from those of either.
rule compile_kernels:
    input:
        same=ancient(kernels_to_reuse),
    output:
        stamp="results/kernels/{kernels}/{engine}.txt",
    log:
        "results/kernels/{kernels}/{engine}.log",
    benchmark:
        "results/kernels/{kernels}/benchmarks/{engine}.jsonl"
    wildcard_constraints:
        kernels="[a-z0-9_-]*",
        engine="[a-z_]+",
    priority: 10**6
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(kernel_cost),
        runtime=minutes(kernel_cost),
    params:
        portable="--portable" if SETTINGS.portable else "",
        reuse=lambda wildcards, input: (
            f"--reuse {Path(input.same[0]).parent}" if input.same else ""
        ),
    shell:
        "NUMBA_CACHE_DIR=$(dirname {output.stamp}) "
        "python -m ikmeanfield compile --engine {wildcards.engine} {params.portable} {params.reuse} "
        "--stamp {output.stamp} 2> {log}"
