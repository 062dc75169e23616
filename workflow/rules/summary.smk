rule summarise_experiment:
    input:
        plan="results/{experiment}/plan.json",
        parts=summarised,
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
        "python -m ikmeanfield summarise {input.plan} 2> {log}"
