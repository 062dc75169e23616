# Kernels are compiled once, before jobs run in parallel; simultaneous compilation can crash.
rule compile_kernels:
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
    shell:
        "NUMBA_CACHE_DIR=$(dirname {output.stamp}) "
        "python -m ikmeanfield compile --engine {wildcards.engine} {params.portable} "
        "--stamp {output.stamp} 2> {log}"
