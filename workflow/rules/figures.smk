localrules:
    draw_figure,
    fig1,
    fig4,


rule draw_figure:
    input:
        summary=experiment_of_figure,
        further=further_files,
    output:
        pdf="results/figures/{figure}.pdf",
        png="results/figures/{figure}.png",
        caption="results/figures/{figure}.md",
    log:
        "results/figures/logs/{figure}.log",
    benchmark:
        "results/figures/benchmarks/{figure}.jsonl"
    conda:
        "../../envs/environment.yaml"
    threads: 1
    resources:
        mem_mb=memory(work.figure),
        runtime=minutes(work.figure),
    params:
        experiment=subpath(input.summary, parent=True),
        folder=subpath(output.pdf, parent=True),
        code=figure_code,
    shell:
        "python -m ikmeanfield draw {wildcards.figure} {params.experiment} "
        "--output {params.folder} 2> {log}"


rule fig1:
    input:
        collect("results/figures/fig1.{suffix}", suffix=("pdf", "png", "md")),


rule fig4:
    input:
        collect("results/figures/fig4.{suffix}", suffix=("pdf", "png", "md")),
