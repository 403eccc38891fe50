# docs/write-noise.png, from studies/write-noise.csv: the columns case, seeds, test_accuracy_best_mean and
# test_accuracy_last_mean of the summary of `settle sweep configs/studies/write-noise.toml`
set terminal pngcairo size 1150,430 font "sans,10" noenhanced
set output "write-noise.png"
set datafile separator ","
set multiplot layout 1,2
set grid
set ylabel "best test accuracy, %"
set yrange [76:92]
cases(name) = "< grep '^".name." ' studies/write-noise.csv | sed 's/ /,/g'"
set key left bottom
set xlabel "write noise, as a share of the preset's"
set xrange [-0.03:1.03]
set title "what it does to learning"
plot cases("reram-es host") using 3:(100 * $5) with linespoints pt 7 lc rgb "#1f5fa8" title "reram-es, update by the host", \
     cases("reram-sb host") using 3:(100 * $5) with linespoints pt 6 lc rgb "#1f5fa8" dt 2 title "reram-sb, update by the host", \
     cases("reram-es in-situ") using 3:(100 * $5) with linespoints pt 7 lc rgb "#c4501b" title "reram-es, in place", \
     cases("reram-sb in-situ") using 3:(100 * $5) with linespoints pt 6 lc rgb "#c4501b" dt 2 title "reram-sb, in place"
set key right bottom
set xlabel "devices for each weight"
set logscale x 2
set xrange [0.8:80]
set title "what averages it out: reram-sb, all of its write noise"
both(update) = "< (grep '^reram-sb ".update." 1,' studies/write-noise.csv; grep '^devices ".update." ' studies/write-noise.csv) | sed 's/ /,/g'"
plot both("host") using 3:(100 * $5) with linespoints pt 7 lc rgb "#1f5fa8" title "update by the host", \
     "< grep '^reram-sb host 0,' studies/write-noise.csv" using (0.8):(100 * $3):(79.2):(0) with vectors nohead dt 3 lc rgb "#1f5fa8" title "without noise", \
     cases("pair host") using 3:(100 * $5) with points pt 4 ps 1.5 lc rgb "#1f5fa8" title "mapping pair", \
     both("in-situ") using 3:(100 * $5) with linespoints pt 7 lc rgb "#c4501b" title "in place", \
     "< grep '^reram-sb in-situ 0,' studies/write-noise.csv" using (0.8):(100 * $3):(79.2):(0) with vectors nohead dt 3 lc rgb "#c4501b" title "without noise", \
     cases("pair in-situ") using 3:(100 * $5) with points pt 4 ps 1.5 lc rgb "#c4501b" title "mapping pair"
unset multiplot
