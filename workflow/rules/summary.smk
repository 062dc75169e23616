rule summarise_experiment:
    input:
        plan="results/{experiment}/plan.json",
        parts=summarised,
        kernels=lambda wildcards: ancient(kernels_of_summary(wildcards)),
    output:
        summary="results/{experiment}/summary.nc",
        table="results/{experiment}/summary.csv",
    log:
        "results/{experiment}/logs/summary.log",
    benchmark:
        "results/{experiment}/benchmarks/summary.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.summary),
        runtime=minutes(work.summary),
    params:
        code=summary_code,
    shell:
        "NUMBA_CACHE_DIR=$IKMEANFIELD_KERNELS_INTEGRATE "
        "python -m ikmeanfield summarise {input.plan} 2> {log}"
